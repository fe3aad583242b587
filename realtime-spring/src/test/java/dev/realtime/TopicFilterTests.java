package dev.realtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TopicFilter}.
 */
@Timeout(30)
class TopicFilterTests {

	private final TopicFilter filter = TopicFilter
		.of(Map.of("one", List.of(5L), "any", Arrays.asList("x", null), "none", Arrays.asList((Object) null)));

	@Test
	void withoutKeysItIsNone() {
		assertThat(TopicFilter.of(Map.of())).isSameAs(TopicFilter.none());
		assertThat(TopicFilter.none().isEmpty()).isTrue();
		assertThat(this.filter.isEmpty()).isFalse();
	}

	@Test
	void oneValueIsThatOfTheKey() {
		assertThat(this.filter.get("one")).isEqualTo(5L);
		assertThat(this.filter.get("none")).isNull();
		assertThat(this.filter.get("any")).isNull();
		assertThat(this.filter.get("missing")).isNull();
	}

	@Test
	void missingKeyIsNotNull() {
		assertThat(this.filter.contains("none")).isTrue();
		assertThat(this.filter.contains("missing")).isFalse();
		assertThat(this.filter.getAll("none")).hasSize(1).containsOnlyNulls();
		assertThat(this.filter.getAll("missing")).isEmpty();
	}

	@Test
	void mapIsWhatTheClientWrote() {
		Map<String, Object> map = new HashMap<>();
		map.put("one", 5L);
		map.put("any", Arrays.asList("x", null));
		map.put("none", null);
		assertThat(this.filter.toMap()).isEqualTo(map);
	}

	@Test
	void canNotBeChanged() {
		List<Object> values = new ArrayList<>(List.of(5L));
		Map<String, List<Object>> keys = new HashMap<>(Map.of("id", values));
		TopicFilter filter = TopicFilter.of(keys);
		values.add(6L);
		keys.put("more", List.of(1L));
		assertThat(filter.values()).isUnmodifiable().isEqualTo(Map.of("id", List.of(5L)));
		assertThat(filter.getAll("id")).isUnmodifiable();
		filter.toMap().clear();
		assertThat(filter.contains("id")).isTrue();
	}

	@Test
	void isEqualByItsValues() {
		assertThat(TopicFilter.of(Map.of("id", List.of(5L)))).isEqualTo(TopicFilter.of(Map.of("id", List.of(5L))))
			.hasSameHashCodeAs(TopicFilter.of(Map.of("id", List.of(5L))))
			.isNotEqualTo(TopicFilter.of(Map.of("id", List.of("5"))))
			.isNotEqualTo(TopicFilter.none())
			.hasToString("{id=5}");
	}

}
