package dev.realtime.system;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.realtime.redis.RedisServer;

/**
 * How often Redis was asked what, by scripts too, in some time.
 *
 * @param calls by command
 * @param time how long it was
 */
record CommandCount(Map<String, Integer> calls, Duration time) {

	private static final Pattern CALLS = Pattern.compile("cmdstat_([^:]+):calls=(\\d+)");

	/**
	 * Counts the commands of whoever is connected, this test included.
	 */
	static CommandCount during(RedisServer redis, Action action) throws Exception {
		Map<String, Integer> before = calls(redis);
		long start = System.nanoTime();
		action.run();
		Duration time = Duration.ofNanos(System.nanoTime() - start);
		Map<String, Integer> calls = calls(redis);
		before.forEach((command, count) -> calls.merge(command, -count, Integer::sum));
		calls.values().removeIf((count) -> count == 0);
		return new CommandCount(calls, time);
	}

	private static Map<String, Integer> calls(RedisServer redis) {
		Map<String, Integer> calls = new TreeMap<>();
		Matcher matcher = CALLS.matcher(redis.execute((commands) -> commands.info("commandstats")));
		while (matcher.find()) {
			calls.put(matcher.group(1), Integer.valueOf(matcher.group(2)));
		}
		return calls;
	}

	/**
	 * What is more than in the same time of another period.
	 */
	CommandCount minusExpected(CommandCount usual) {
		Map<String, Integer> more = new TreeMap<>(this.calls);
		more.replaceAll((command, count) -> count - usual.expected(command, this.time));
		more.values().removeIf((count) -> count <= 0);
		return new CommandCount(more, this.time);
	}

	private int expected(String command, Duration duration) {
		return (int) Math.ceil((double) this.calls.getOrDefault(command, 0) * duration.toNanos() / this.time.toNanos());
	}

	/**
	 * What happens meanwhile.
	 */
	interface Action {

		void run() throws Exception;

	}

}
