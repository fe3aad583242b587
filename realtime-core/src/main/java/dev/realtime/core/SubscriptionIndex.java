package dev.realtime.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import dev.realtime.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of one channel on one lane, found by the attributes of a publication.
 * Subscriptions are grouped by the set of keys they filter by; a publication is looked up
 * once per key set, not once per subscription. Adding and removing take constant time per
 * accepted combination of values. Not thread-safe: its lane owns it.
 *
 * @param <F> the frame type of the lane's transport
 */
final class SubscriptionIndex<F> {

	/**
	 * The most combinations of values one subscription is indexed by, where it could
	 * choose fewer keys. The keys left out are checked on delivery.
	 */
	private static final int MAX_COMBINATIONS = 64;

	private final Map<List<String>, Map<@Nullable Object, Bucket<F>>> groups = new HashMap<>();

	private int size;

	/**
	 * The position up to which the subscriptions got all that is for them; {@code null}
	 * if that is not known.
	 */
	@Nullable StreamPosition position;

	void add(Subscription<F> subscription) {
		List<String> keys = indexedKeys(subscription.filter());
		boolean exact = keys.size() == subscription.filter().keys().size();
		Map<@Nullable Object, Bucket<F>> group = this.groups.computeIfAbsent(keys, (absent) -> new HashMap<>());
		Entries<F> entries = new Entries<>(keys, new ArrayList<>(1));
		for (List<@Nullable Object> values : subscription.filter().combinations(keys, Integer.MAX_VALUE)) {
			Bucket<F> bucket = group.computeIfAbsent(lookupKey(values), Bucket::new);
			entries.list().add(bucket.add(subscription, exact));
		}
		subscription.entries = entries;
		this.size++;
	}

	void remove(Subscription<F> subscription) {
		Entries<F> entries = subscription.entries;
		if (entries == null) {
			return;
		}
		subscription.entries = null;
		this.size--;
		Map<@Nullable Object, Bucket<F>> group = this.groups.getOrDefault(entries.keys(), Map.of());
		for (Entry<F> entry : entries.list()) {
			if (entry.bucket.remove(entry)) {
				group.remove(entry.bucket.lookupKey);
			}
		}
		if (group.isEmpty()) {
			this.groups.remove(entries.keys());
		}
	}

	void forEachMatch(Map<String, @Nullable Object> attributes, Consumer<Subscription<F>> action) {
		this.groups.forEach((keys, group) -> {
			Object lookupKey = lookupKey(attributes, keys);
			Bucket<F> bucket = MessageFilter.isAbsent(lookupKey) ? null : group.get(lookupKey);
			if (bucket != null) {
				bucket.forEachMatch(attributes, action);
			}
		});
	}

	void forEach(Consumer<Subscription<F>> action) {
		Set<Subscription<F>> subscriptions = new LinkedHashSet<>();
		this.groups.values()
			.forEach((group) -> group.values()
				.forEach((bucket) -> bucket.forEach((entry) -> subscriptions.add(entry.subscription))));
		subscriptions.forEach(action);
	}

	boolean isEmpty() {
		return this.size == 0;
	}

	/**
	 * The value itself where there is one key, so that a lookup touches little memory.
	 */
	private static @Nullable Object lookupKey(List<@Nullable Object> values) {
		return (values.size() == 1) ? values.get(0) : values;
	}

	/**
	 * What to look up for a publication; the absent value if one of the keys is missing.
	 */
	private static @Nullable Object lookupKey(Map<String, @Nullable Object> attributes, List<String> keys) {
		if (keys.size() == 1) {
			return MessageFilter.valueOf(attributes, keys.get(0));
		}
		@Nullable Object[] values = new @Nullable Object[keys.size()];
		for (int i = 0; i < values.length; i++) {
			values[i] = MessageFilter.valueOf(attributes, keys.get(i));
			if (MessageFilter.isAbsent(values[i])) {
				return values[i];
			}
		}
		return Arrays.asList(values);
	}

	/**
	 * The keys to index by: those with the fewest values first, as long as their
	 * combinations stay few, and at least one.
	 */
	private static List<String> indexedKeys(MessageFilter filter) {
		List<String> candidates = new ArrayList<>(filter.keys());
		candidates.sort(Comparator.comparingInt((key) -> filter.acceptedBy(key).size()));
		List<String> keys = new ArrayList<>();
		long combinations = 1;
		for (String key : candidates) {
			Set<@Nullable Object> values = filter.acceptedBy(key);
			combinations *= values.size();
			if (!keys.isEmpty() && combinations > MAX_COMBINATIONS) {
				break;
			}
			keys.add(key);
		}
		Collections.sort(keys);
		return List.copyOf(keys);
	}

	/**
	 * Where one subscription stands in the index.
	 */
	record Entries<F>(List<String> keys, List<Entry<F>> list) {

	}

	/**
	 * One subscription in one bucket. Knows its slot, so that it is removed without a
	 * search.
	 */
	static final class Entry<F> {

		private final Subscription<F> subscription;

		private final Bucket<F> bucket;

		private final boolean exact;

		private int slot;

		Entry(Subscription<F> subscription, Bucket<F> bucket, boolean exact, int slot) {
			this.subscription = subscription;
			this.bucket = bucket;
			this.exact = exact;
			this.slot = slot;
		}

	}

	/**
	 * The subscriptions that accept one combination of values. Mostly that is one.
	 */
	private static final class Bucket<F> {

		private final @Nullable Object lookupKey;

		private @Nullable Entry<F> only;

		private List<Entry<F>> several = List.of();

		Bucket(@Nullable Object lookupKey) {
			this.lookupKey = lookupKey;
		}

		Entry<F> add(Subscription<F> subscription, boolean exact) {
			Entry<F> entry = new Entry<>(subscription, this, exact, this.several.size());
			if (this.only == null && this.several.isEmpty()) {
				this.only = entry;
				return entry;
			}
			if (this.only != null) {
				this.several = new ArrayList<>(List.of(this.only));
				this.only = null;
				entry.slot = 1;
			}
			this.several.add(entry);
			return entry;
		}

		boolean remove(Entry<F> entry) {
			if (this.only != null) {
				return true;
			}
			Entry<F> last = this.several.remove(this.several.size() - 1);
			if (last != entry) {
				this.several.set(entry.slot, last);
				last.slot = entry.slot;
			}
			return this.several.isEmpty();
		}

		void forEach(Consumer<Entry<F>> action) {
			if (this.only != null) {
				action.accept(this.only);
			}
			else {
				this.several.forEach(action);
			}
		}

		void forEachMatch(Map<String, @Nullable Object> attributes, Consumer<Subscription<F>> action) {
			forEach((entry) -> {
				if (entry.exact || entry.subscription.filter().matches(attributes)) {
					action.accept(entry.subscription);
				}
			});
		}

	}

}
