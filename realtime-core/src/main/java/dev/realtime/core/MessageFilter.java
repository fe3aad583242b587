package dev.realtime.core;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * A choice of publications by their attributes: for every key the attribute is there and
 * equals one of the accepted values. Immutable.
 *
 * @since 0.1.0
 */
public final class MessageFilter {

	private static final MessageFilter ALL = new MessageFilter(Collections.emptySortedMap());

	private static final Object ABSENT = new Object();

	private final SortedMap<String, Set<@Nullable Object>> accepted;

	private MessageFilter(SortedMap<String, Set<@Nullable Object>> accepted) {
		this.accepted = accepted;
	}

	/**
	 * The filter that lets everything pass.
	 * @return the filter without keys
	 */
	public static MessageFilter all() {
		return ALL;
	}

	/**
	 * A filter of these keys.
	 * @param accepted the accepted values by key, in any scalar form
	 * @return the filter
	 */
	public static MessageFilter of(Map<String, ? extends Collection<? extends @Nullable Object>> accepted) {
		SortedMap<String, Set<@Nullable Object>> canonical = new TreeMap<>();
		accepted.forEach((key, values) -> {
			Set<@Nullable Object> set = new LinkedHashSet<>();
			values.forEach((value) -> set.add(AttributeValues.canonical(value)));
			canonical.put(key, set);
		});
		return canonical.isEmpty() ? ALL : new MessageFilter(canonical);
	}

	/**
	 * Whether a publication with these attributes passes.
	 * @param attributes values in the form of {@link AttributeValues}
	 * @return {@code true} if all keys accept
	 */
	public boolean matches(Map<String, @Nullable Object> attributes) {
		for (Map.Entry<String, Set<@Nullable Object>> entry : this.accepted.entrySet()) {
			Object value = valueOf(attributes, entry.getKey());
			if (!entry.getValue().contains(value)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * All combinations of accepted values of these keys.
	 * @param keys some keys, in the order of the answered values
	 * @param limit the most combinations wanted
	 * @return the combinations, or nothing if the filter leaves one of the keys open or
	 * there are more than the limit
	 */
	public Set<List<@Nullable Object>> combinations(List<String> keys, int limit) {
		long count = 1;
		for (String key : keys) {
			Set<@Nullable Object> values = this.accepted.get(key);
			count *= (values != null) ? values.size() : 0;
			if (count == 0 || count > limit) {
				return Set.of();
			}
		}
		Set<List<@Nullable Object>> combinations = new HashSet<>();
		combine(keys, new @Nullable Object[keys.size()], 0, combinations);
		return combinations;
	}

	private void combine(List<String> keys, @Nullable Object[] chosen, int depth,
			Set<List<@Nullable Object>> combinations) {
		if (depth == keys.size()) {
			combinations.add(Collections.unmodifiableList(Arrays.asList(chosen.clone())));
			return;
		}
		for (Object value : acceptedBy(keys.get(depth))) {
			chosen[depth] = value;
			combine(keys, chosen, depth + 1, combinations);
		}
	}

	Set<String> keys() {
		return this.accepted.keySet();
	}

	Set<@Nullable Object> acceptedBy(String key) {
		return this.accepted.getOrDefault(key, Set.of());
	}

	/**
	 * The value of an attribute, or an object that equals no value where it is missing: a
	 * missing attribute is not {@code null}.
	 */
	static @Nullable Object valueOf(Map<String, @Nullable Object> attributes, String key) {
		Object value = attributes.get(key);
		return (value != null || attributes.containsKey(key)) ? value : ABSENT;
	}

	static boolean isAbsent(@Nullable Object value) {
		return value == ABSENT;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof MessageFilter filter && this.accepted.equals(filter.accepted);
	}

	@Override
	public int hashCode() {
		return this.accepted.hashCode();
	}

	@Override
	public String toString() {
		return this.accepted.toString();
	}

}
