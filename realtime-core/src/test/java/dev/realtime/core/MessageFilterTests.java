package dev.realtime.core;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link MessageFilter}.
 */
@Timeout(10)
class MessageFilterTests {

	private static final List<Object> NULL = Collections.singletonList(null);

	@Test
	void whenFilterHasNoKeysThenEverythingMatches() {
		assertThat(MessageFilter.all().matches(Map.of())).isTrue();
		assertThat(MessageFilter.all().matches(Map.of("id", 5L))).isTrue();
		assertThat(MessageFilter.of(Map.of())).isEqualTo(MessageFilter.all());
	}

	@Test
	void whenOneOfTwoKeysDiffersThenItDoesNotMatch() {
		MessageFilter filter = MessageFilter.of(Map.of("id", List.of(5), "status", List.of("open")));
		assertThat(filter.matches(Map.of("id", 5L, "status", "open", "other", 1L))).isTrue();
		assertThat(filter.matches(Map.of("id", 5L, "status", "closed"))).isFalse();
		assertThat(filter.matches(Map.of("id", 6L, "status", "open"))).isFalse();
	}

	@Test
	void whenKeyHasSeveralValuesThenAnyOfThemMatches() {
		MessageFilter filter = MessageFilter.of(Map.of("id", List.of(1, "two", true)));
		assertThat(filter.matches(Map.of("id", 1L))).isTrue();
		assertThat(filter.matches(Map.of("id", "two"))).isTrue();
		assertThat(filter.matches(Map.of("id", true))).isTrue();
		assertThat(filter.matches(Map.of("id", 2L))).isFalse();
	}

	@Test
	void whenKeyHasNoValuesThenNothingMatches() {
		MessageFilter filter = MessageFilter.of(Map.of("id", List.of()));
		assertThat(filter.matches(Map.of("id", 1L))).isFalse();
		assertThat(filter.matches(Map.of())).isFalse();
	}

	@Test
	void whenNumberIsWrittenDifferentlyThenItMatches() {
		MessageFilter filter = MessageFilter.of(Map.of("id", List.of(new BigDecimal("5.0"))));
		assertThat(filter.matches(Map.of("id", 5L))).isTrue();
	}

	@Test
	void whenTypesDifferThenItDoesNotMatch() {
		assertThat(filter("id", 5).matches(Map.of("id", "5"))).isFalse();
		assertThat(filter("id", "5").matches(Map.of("id", 5L))).isFalse();
		assertThat(filter("id", true).matches(Map.of("id", "true"))).isFalse();
		assertThat(filter("id", 1).matches(Map.of("id", true))).isFalse();
	}

	@Test
	void whenValueIsBooleanThenOnlyTheSameBooleanMatches() {
		assertThat(filter("done", true).matches(Map.of("done", true))).isTrue();
		assertThat(filter("done", true).matches(Map.of("done", false))).isFalse();
		assertThat(filter("done", false).matches(Map.of("done", false))).isTrue();
		assertThat(filter("done", false).matches(Map.of())).isFalse();
	}

	@Test
	void whenKeyIsMissingThenNullDoesNotMatch() {
		MessageFilter filter = MessageFilter.of(Map.of("owner", NULL));
		assertThat(filter.matches(Map.of())).isFalse();
		assertThat(filter.matches(Map.of("other", 1L))).isFalse();
	}

	@Test
	void whenValueIsNullThenOnlyNullMatches() {
		Map<String, Object> unowned = new HashMap<>();
		unowned.put("owner", null);
		assertThat(MessageFilter.of(Map.of("owner", NULL)).matches(unowned)).isTrue();
		assertThat(MessageFilter.of(Map.of("owner", Arrays.asList("ann", null))).matches(unowned)).isTrue();
		assertThat(filter("owner", "null").matches(unowned)).isFalse();
		assertThat(MessageFilter.of(Map.of("owner", NULL)).matches(Map.of("owner", "ann"))).isFalse();
	}

	@Test
	void whenValueIsNoScalarThenItIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> filter("id", List.of(1)));
	}

	@Test
	void whenSourceChangesLaterThenFilterDoesNot() {
		List<Object> values = new ArrayList<>(List.of(1));
		Map<String, Collection<Object>> source = new HashMap<>();
		source.put("id", values);
		MessageFilter filter = MessageFilter.of(source);
		values.add(2);
		source.put("status", List.of("open"));
		assertThat(filter.matches(Map.of("id", 1L))).isTrue();
		assertThat(filter.matches(Map.of("id", 2L))).isFalse();
	}

	@Test
	void whenFiltersAcceptTheSameThenTheyAreEqual() {
		MessageFilter filter = MessageFilter.of(Map.of("id", List.of(1, 2), "a", List.of("x")));
		MessageFilter same = MessageFilter.of(Map.of("a", List.of("x"), "id", List.of(2.0, 1.0, 1)));
		assertThat(filter).isEqualTo(same).hasSameHashCodeAs(same).hasToString("{a=[x], id=[1, 2]}");
		assertThat(filter).isNotEqualTo(MessageFilter.of(Map.of("id", List.of(1, 2))))
			.isNotEqualTo(MessageFilter.of(Map.of("id", List.of(1, 3), "a", List.of("x"))))
			.isNotEqualTo(MessageFilter.all());
	}

	@Test
	void whenAllKeysHaveValuesThenCombinationsAreInTheOrderOfTheKeys() {
		MessageFilter filter = MessageFilter
			.of(Map.of("a", List.of(1.0, 2), "b", Arrays.asList("x", null, true), "c", List.of(9)));
		assertThat(filter.combinations(List.of("b", "a"), 100)).containsExactlyInAnyOrder(List.<Object>of("x", 1L),
				List.<Object>of("x", 2L), Arrays.asList(null, 1L), Arrays.asList(null, 2L), List.<Object>of(true, 1L),
				List.<Object>of(true, 2L));
	}

	@Test
	void whenThereAreAsManyCombinationsAsTheLimitThenAllAreAnswered() {
		MessageFilter filter = MessageFilter.of(Map.of("a", List.of(1, 2), "b", List.of(1, 2, 3)));
		assertThat(filter.combinations(List.of("a", "b"), 6)).hasSize(6);
		assertThat(filter.combinations(List.of("a", "b"), 5)).isEmpty();
		assertThat(filter.combinations(List.of("b"), 3)).hasSize(3);
	}

	@Test
	void whenFilterLeavesAKeyOpenThenThereAreNoCombinations() {
		assertThat(filter("a", 1).combinations(List.of("a", "b"), 100)).isEmpty();
		assertThat(MessageFilter.all().combinations(List.of("a"), 100)).isEmpty();
		assertThat(MessageFilter.of(Map.of("a", List.of())).combinations(List.of("a"), 100)).isEmpty();
	}

	@Test
	void whenNoKeysAreAskedForThenTheOnlyCombinationIsEmpty() {
		assertThat(filter("a", 1).combinations(List.of(), 100)).containsExactly(List.of());
	}

	@Test
	void whenProductIsBeyondLongThenTheLimitHolds() {
		List<String> keys = IntStream.range(0, 40).mapToObj((i) -> "key" + i).toList();
		Map<String, List<Integer>> accepted = new HashMap<>();
		keys.forEach((key) -> accepted.put(key, List.of(1, 2, 3, 4)));
		assertThat(MessageFilter.of(accepted).combinations(keys, Integer.MAX_VALUE)).isEmpty();
	}

	@Test
	void whenCombinationIsAnsweredThenItCannotBeChanged() {
		List<Object> combination = filter("a", 1).combinations(List.of("a"), 1).iterator().next();
		assertThat(combination).isUnmodifiable();
	}

	private static MessageFilter filter(String key, Object value) {
		return MessageFilter.of(Map.of(key, List.of(value)));
	}

}
