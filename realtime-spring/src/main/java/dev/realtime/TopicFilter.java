package dev.realtime;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The client's choice of messages inside a channel, as a rule sees it. A message passes
 * if for every key its attribute equals the value, or one of the values where the client
 * gave a list. Values are {@code String}, {@code Long}, {@code BigDecimal},
 * {@code Boolean} or {@code null}. Immutable.
 *
 * @since 0.1.0
 */
public final class TopicFilter {

	private static final TopicFilter NONE = new TopicFilter(Map.of());

	private final Map<String, List<@Nullable Object>> values;

	private TopicFilter(Map<String, List<@Nullable Object>> values) {
		this.values = values;
	}

	/**
	 * The filter that lets everything pass.
	 * @return the filter without keys
	 */
	public static TopicFilter none() {
		return NONE;
	}

	/**
	 * A filter of these keys.
	 * @param values the accepted values by key, none of them empty
	 * @return the filter
	 */
	public static TopicFilter of(Map<String, List<@Nullable Object>> values) {
		Map<String, List<@Nullable Object>> copy = new LinkedHashMap<>();
		values.forEach((key, accepted) -> copy.put(key, Collections.unmodifiableList(new ArrayList<>(accepted))));
		return copy.isEmpty() ? NONE : new TopicFilter(Collections.unmodifiableMap(copy));
	}

	/**
	 * A filter as a client would write it.
	 * @param filter a value, or a collection of values, by key
	 * @return the filter
	 */
	public static TopicFilter ofMap(Map<String, ?> filter) {
		Map<String, List<@Nullable Object>> values = new LinkedHashMap<>();
		filter.forEach((key, value) -> values.put(key, (value instanceof Collection<?> several)
				? new ArrayList<>(several) : Collections.singletonList(value)));
		return of(values);
	}

	/**
	 * Whether the filter lets everything pass.
	 * @return {@code true} if the client gave no key
	 */
	public boolean isEmpty() {
		return this.values.isEmpty();
	}

	/**
	 * Whether the client gave this key.
	 * @param key the name of an attribute
	 * @return {@code true} if messages are chosen by it
	 */
	public boolean contains(String key) {
		return this.values.containsKey(key);
	}

	/**
	 * The one value of a key.
	 * @param key the name of an attribute
	 * @return the value, or {@code null} if the client did not give the key, gave
	 * {@code null}, or gave a list of other than one value
	 */
	public @Nullable Object get(String key) {
		List<@Nullable Object> accepted = this.values.get(key);
		return (accepted != null && accepted.size() == 1) ? accepted.get(0) : null;
	}

	/**
	 * All accepted values of a key.
	 * @param key the name of an attribute
	 * @return the values, empty if the client did not give the key
	 */
	public List<@Nullable Object> getAll(String key) {
		List<@Nullable Object> accepted = this.values.get(key);
		return (accepted != null) ? accepted : List.of();
	}

	/**
	 * The accepted values of all keys.
	 * @return the values by key
	 */
	public Map<String, List<@Nullable Object>> values() {
		return this.values;
	}

	/**
	 * The filter as the client wrote it: one value as itself, several as a list.
	 * @return a new map
	 */
	public Map<String, @Nullable Object> toMap() {
		Map<String, @Nullable Object> map = new LinkedHashMap<>();
		this.values.forEach((key, accepted) -> map.put(key, (accepted.size() == 1) ? accepted.get(0) : accepted));
		return map;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof TopicFilter filter && this.values.equals(filter.values);
	}

	@Override
	public int hashCode() {
		return this.values.hashCode();
	}

	@Override
	public String toString() {
		return toMap().toString();
	}

}
