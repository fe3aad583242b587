package dev.realtime.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The scenarios, in full size or in a size that only shows whether everything works.
 */
final class Scenarios {

	private static final String BURST = "burst";

	private static final String PACED = "paced";

	private static final String FILTERED = "filtered";

	private static final String SCALE = "scale";

	private static final String CHURN = "churn";

	private static final String STORM = "storm";

	private static final String IDLE = "idle";

	private static final String SLOW = "slow";

	private static final String NOISY = "noisy-tenant";

	private static final String CURSORS = "cursors";

	private static final String REDIS_PUBLISH = "redis-publish";

	private static final String REDIS_CROSS = "redis-cross";

	/** Everything. */
	static final List<String> ALL = List.of(BURST, PACED, FILTERED, SCALE, CHURN, STORM, IDLE, SLOW, NOISY, CURSORS,
			REDIS_PUBLISH, REDIS_CROSS);

	/** For servers that differ from another one only in how they write to clients. */
	static final List<String> CLIENTS = ALL.stream().filter((name) -> !name.equals(REDIS_PUBLISH)).toList();

	/** For servers that are several nodes on a Redis, or none. */
	static final List<String> REDIS = List.of(REDIS_PUBLISH, REDIS_CROSS);

	/** For servers that have no index of filters. */
	static final List<String> WITHOUT_INDEX = List.of(BURST, PACED, FILTERED, CHURN, STORM, IDLE, SLOW);

	/** The same, for those that can be several nodes on a Redis. */
	static final List<String> WITHOUT_INDEX_WITH_REDIS = Stream.concat(WITHOUT_INDEX.stream(), REDIS.stream()).toList();

	/** For servers where one connection can not have several subscriptions. */
	static final List<String> WITHOUT_FILTERS = List.of(BURST, PACED, CHURN, STORM, IDLE, SLOW);

	/** What needs no more than to write. */
	static final List<String> FANOUT = List.of(BURST, PACED);

	private Scenarios() {
	}

	static Map<String, Scenario> create(boolean quick) {
		Map<String, Scenario> scenarios = new LinkedHashMap<>();
		scenarios.put(BURST, quick ? new BurstScenario(100, 200, 1, 2) : new BurstScenario(500, 1000, 3, 5));
		scenarios.put(PACED, quick ? new PacedScenario(200, 20, 2, 3) : new PacedScenario(1000, 20, 10, 15));
		scenarios.put(FILTERED, quick ? new FilteredScenario(FILTERED, 100, List.of(1000), 200, 1, 3)
				: new FilteredScenario(FILTERED, 1000, List.of(10_000), 1000, 10, 20));
		scenarios.put(SCALE, quick ? new FilteredScenario(SCALE, 100, List.of(100, 10_000), 200, 1, 3)
				: new FilteredScenario(SCALE, 1000, List.of(100, 100_000), 1000, 10, 20));
		scenarios.put(CHURN, quick ? new ChurnScenario(100, 20, 20, 2, 3) : new ChurnScenario(500, 50, 20, 10, 15));
		scenarios.put(STORM, quick ? new StormScenario(100, 500) : new StormScenario(1000, 5000));
		scenarios.put(IDLE, quick ? new IdleScenario(200, 1000) : new IdleScenario(1000, 9000));
		scenarios.put(SLOW, quick ? new SlowReaderScenario(200, 20, 2, 30, List.of(0, 8))
				: new SlowReaderScenario(1000, 10, 10, 60, List.of(0, 8, 64)));
		scenarios.put(NOISY, quick ? new NoisyTenantScenario(100, 20, 2, 5, 50_000, List.of(0, 9))
				: new NoisyTenantScenario(500, 20, 10, 30, 50_000, List.of(0, 9, 90)));
		scenarios.put(CURSORS, quick ? new CursorsScenario(50, 10, 2, 3) : new CursorsScenario(200, 10, 10, 15));
		scenarios.put(REDIS_PUBLISH,
				quick ? new RedisPublishScenario(30_000, 1000, 2, 2) : new RedisPublishScenario(100_000, 1000, 5, 5));
		scenarios.put(REDIS_CROSS, quick ? new RedisCrossScenario(List.of(1), 1000, 5, 5)
				: new RedisCrossScenario(List.of(1, 10), 1000, 30, 20));
		return scenarios;
	}

}
