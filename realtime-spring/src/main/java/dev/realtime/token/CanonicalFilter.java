package dev.realtime.token;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import dev.realtime.TopicFilter;
import dev.realtime.core.AttributeValues;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one text of all filters that choose the same messages: keys and values in order,
 * none twice, numbers in one form.
 *
 * @since 0.1.0
 */
public final class CanonicalFilter {

	// Non-ASCII characters are escaped, so that none is lost on the way to bytes.
	private static final JsonMapper MAPPER = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

	private CanonicalFilter() {
	}

	static String digest(TopicFilter filter) {
		return SessionReference.of(text(filter));
	}

	/**
	 * The text of a filter.
	 * @param filter the filter
	 * @return a JSON object
	 */
	public static String text(TopicFilter filter) {
		Map<String, String> texts = new TreeMap<>();
		filter.values().forEach((key, values) -> texts.put(MAPPER.writeValueAsString(key), text(values)));
		List<String> members = new ArrayList<>();
		texts.forEach((key, values) -> members.add(key + ":[" + values + "]"));
		return "{" + String.join(",", members) + "}";
	}

	private static String text(List<@Nullable Object> values) {
		TreeSet<String> texts = new TreeSet<>();
		values.forEach((value) -> texts.add(MAPPER.writeValueAsString(AttributeValues.canonical(value))));
		return String.join(",", texts);
	}

}
