package dev.realtime.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SubscriptionIndex}.
 */
@Timeout(20)
class SubscriptionIndexTests {

	private static final ChannelId CHANNEL = new ChannelId("acme", null, "contact.updated");

	private static final HistoryOptions HISTORY = new HistoryOptions(1, Duration.ofMinutes(1), 1);

	private static final List<Object> VALUES = Collections
		.unmodifiableList(Arrays.asList(0L, 1L, 2L, 3L, "0", "1", "2", true, false, null));

	private static final List<String> KEYS = List.of("a", "b", "c", "d");

	/** A key with many values, so that lists on it can be long. */
	private static final String WIDE_KEY = "wide";

	private static final int WIDE_VALUES = 200;

	private final SubscriptionIndex<String> index = new SubscriptionIndex<>();

	private final Connection<String> connection = new Connection<>("c1", new Lane<>(new TextEncoder(), Runnable::run),
			new RecordingSink());

	@Test
	void whenFilterHasNoKeysThenEveryPublicationMatches() {
		Subscription<String> all = add(Map.of());
		assertThat(matches(Map.of())).containsExactly(all);
		assertThat(matches(Attributes.of("id", 5))).containsExactly(all);
	}

	@Test
	void whenKeyIsMissingThenNullDoesNotMatch() {
		Subscription<String> unowned = add(Map.of("owner", Collections.singletonList(null)));
		assertThat(matches(Map.of())).isEmpty();
		assertThat(matches(Attributes.of("owner", null))).containsExactly(unowned);
	}

	@Test
	void whenSubscriptionAcceptsNothingThenItIsRemovedWithoutTrace() {
		Subscription<String> nothing = add(Map.of("id", List.of()));
		Subscription<String> one = add(Map.of("id", List.of(1)));
		assertThat(matches(Attributes.of("id", 1))).containsExactly(one);
		this.index.remove(one);
		assertThat(this.index.isEmpty()).isFalse();
		this.index.remove(nothing);
		assertNothingIsLeft();
	}

	@Test
	void whenSubscriptionIsRemovedTwiceThenTheSecondTimeChangesNothing() {
		Subscription<String> first = add(Map.of("id", List.of(1)));
		Subscription<String> second = add(Map.of("id", List.of(1)));
		this.index.remove(first);
		this.index.remove(first);
		assertThat(this.index.isEmpty()).isFalse();
		assertThat(matches(Attributes.of("id", 1))).containsExactly(second);
		this.index.remove(second);
		assertNothingIsLeft();
	}

	@Test
	void whenSubscriptionIsInSeveralBucketsThenForEachTellsItOnce() {
		Subscription<String> list = add(Map.of("id", List.of(1, 2, 3)));
		Subscription<String> all = add(Map.of());
		List<Subscription<String>> told = new ArrayList<>();
		this.index.forEach(told::add);
		assertThat(told).containsExactlyInAnyOrder(list, all);
	}

	@Test
	void whenFiltersHaveTheSameKeysThenTheyAreLookedUpTogether() {
		IntStream.range(0, 2000).forEach((id) -> add(Map.of("id", List.of(id), "status", List.of("open"))));
		assertThat(this.index).extracting("groups", as(InstanceOfAssertFactories.MAP)).hasSize(1);
		assertThat(matches(Attributes.of("id", 77, "status", "open"))).hasSize(1);
		assertThat(matches(Attributes.of("id", 77, "status", "closed"))).isEmpty();
	}

	@Test
	@Tag("T11")
	void whenCombinationsAreManyThenFewOfThemAreIndexed() {
		Map<String, List<Integer>> accepted = new TreeMap<>();
		IntStream.range(0, 30).forEach((i) -> accepted.put("key" + i, List.of(1, 2, 3, 4)));
		Subscription<String> subscription = add(accepted);
		assertThat(Objects.requireNonNull(subscription.entries).list()).hasSizeBetween(1, 64);
		Map<String, Object> attributes = new HashMap<>();
		accepted.keySet().forEach((key) -> attributes.put(key, 4L));
		assertThat(matches(attributes)).containsExactly(subscription);
		for (String key : accepted.keySet()) {
			Map<String, Object> other = new HashMap<>(attributes);
			other.put(key, 5L);
			assertThat(matches(other)).as("with another %s", key).isEmpty();
			other.remove(key);
			assertThat(matches(other)).as("without %s", key).isEmpty();
		}
		this.index.remove(subscription);
		assertNothingIsLeft();
	}

	@Test
	void whenOneListIsLongAndOneIsShortThenTheShortOneIsIndexed() {
		Subscription<String> subscription = add(
				Map.of("id", IntStream.range(0, 1000).boxed().toList(), "status", List.of("open", "new")));
		assertThat(Objects.requireNonNull(subscription.entries).list()).hasSize(2);
		assertThat(matches(Attributes.of("id", 999, "status", "new"))).containsExactly(subscription);
		assertThat(matches(Attributes.of("id", 1000, "status", "new"))).isEmpty();
	}

	@Test
	void whenTheOnlyListIsLongThenAllOfItIsIndexed() {
		Subscription<String> subscription = add(Map.of("id", IntStream.range(0, 1000).boxed().toList()));
		assertThat(matches(Attributes.of("id", 0))).containsExactly(subscription);
		assertThat(matches(Attributes.of("id", 999))).containsExactly(subscription);
		assertThat(matches(Attributes.of("id", 1000))).isEmpty();
		this.index.remove(subscription);
		assertNothingIsLeft();
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 20260101, -7 })
	@Tag("T11")
	@Tag("T12")
	void whenFiltersAreRandomThenMatchesAreThoseOfANaiveEvaluation(long seed) {
		Random random = new Random(seed);
		Map<Subscription<String>, Map<String, List<Object>>> naive = new HashMap<>();
		List<Subscription<String>> present = new ArrayList<>();
		int matches = 0;
		for (int round = 0; round < 4; round++) {
			for (int i = 0; i < 500; i++) {
				Map<String, List<Object>> accepted = randomFilter(random);
				Subscription<String> subscription = add(accepted);
				naive.put(subscription, accepted);
				present.add(subscription);
			}
			for (int i = 0; i < 100; i++) {
				matches += assertSameMatches(randomAttributes(random), present, naive);
			}
			Collections.shuffle(present, random);
			for (int i = present.size() / 2; i > 0; i--) {
				this.index.remove(present.remove(present.size() - 1));
			}
			for (int i = 0; i < 100; i++) {
				matches += assertSameMatches(randomAttributes(random), present, naive);
			}
		}
		assertThat(matches).as("matches compared").isGreaterThan(5_000);
		Collections.shuffle(present, random);
		present.forEach(this.index::remove);
		assertNothingIsLeft();
		for (int i = 0; i < 100; i++) {
			assertThat(matches(randomAttributes(random))).isEmpty();
		}
	}

	private int assertSameMatches(Map<String, Object> attributes, List<Subscription<String>> present,
			Map<Subscription<String>, Map<String, List<Object>>> naive) {
		List<Subscription<String>> found = matches(attributes);
		Set<Subscription<String>> expected = new HashSet<>();
		for (Subscription<String> subscription : present) {
			if (accepts(naive.get(subscription), attributes)) {
				expected.add(subscription);
			}
		}
		assertThat(new HashSet<>(found)).as("matches of %s", attributes).isEqualTo(expected);
		assertThat(found).as("each match of %s once", attributes).hasSize(expected.size());
		return found.size();
	}

	private static boolean accepts(Map<String, List<Object>> accepted, Map<String, Object> attributes) {
		for (Map.Entry<String, List<Object>> entry : accepted.entrySet()) {
			Object value = attributes.get(entry.getKey());
			if (!attributes.containsKey(entry.getKey()) || !entry.getValue().contains(value)) {
				return false;
			}
		}
		return true;
	}

	private Map<String, List<Object>> randomFilter(Random random) {
		Map<String, List<Object>> accepted = new HashMap<>();
		for (String key : KEYS) {
			if (random.nextInt(3) == 0) {
				accepted.put(key, randomValues(random, (random.nextInt(12) != 0) ? 1 + random.nextInt(3) : 20));
			}
		}
		if (random.nextInt(4) == 0) {
			List<Object> wide = new ArrayList<>();
			for (int i = (random.nextBoolean()) ? 1 : 120; i > 0; i--) {
				wide.add((long) random.nextInt(WIDE_VALUES));
			}
			accepted.put(WIDE_KEY, wide);
		}
		return accepted;
	}

	private List<Object> randomValues(Random random, int count) {
		List<Object> values = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			values.add(VALUES.get(random.nextInt(VALUES.size())));
		}
		return values;
	}

	private Map<String, Object> randomAttributes(Random random) {
		Map<String, Object> attributes = new HashMap<>();
		for (String key : KEYS) {
			if (random.nextInt(5) != 0) {
				attributes.put(key, VALUES.get(random.nextInt(VALUES.size())));
			}
		}
		if (random.nextBoolean()) {
			attributes.put(WIDE_KEY, (long) random.nextInt(WIDE_VALUES));
		}
		return attributes;
	}

	private Subscription<String> add(Map<String, ? extends Collection<? extends Object>> accepted) {
		Subscription<String> subscription = new Subscription<>(this.connection,
				new SubscriptionRequest("s", CHANNEL, MessageFilter.of(accepted), new Start.Live(), null, HISTORY));
		this.index.add(subscription);
		return subscription;
	}

	private List<Subscription<String>> matches(Map<String, Object> attributes) {
		List<Subscription<String>> matches = new ArrayList<>();
		this.index.forEachMatch(attributes, matches::add);
		return matches;
	}

	private void assertNothingIsLeft() {
		assertThat(this.index.isEmpty()).isTrue();
		assertThat(this.index).extracting("groups", as(InstanceOfAssertFactories.MAP)).isEmpty();
		this.index.forEach((subscription) -> {
			throw new AssertionError("Left behind: " + subscription.filter());
		});
	}

}
