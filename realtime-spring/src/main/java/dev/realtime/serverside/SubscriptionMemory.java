package dev.realtime.serverside;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import dev.realtime.access.Member;
import org.jspecify.annotations.Nullable;

/**
 * What all nodes remember of subscriptions by server code. All hear the same orders in
 * the same order, so all remember the same. What a node did not hear, because it was not
 * there yet or had a gap, it gets from another; what it heard itself since then is newer
 * than that. Thread-safe, with one lock that is held for moments.
 */
final class SubscriptionMemory {

	/** More sessions that got another id than these, and the oldest are forgotten. */
	private static final int MAX_RENAMED = 10_000;

	private final LongSupplier nanoTime;

	private final Map<Target, Map<String, Entry>> entries = new HashMap<>();

	private final Map<String, String> renamed = new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
			return size() > MAX_RENAMED;
		}

	};

	/** Withdrawn here, which the others and the order of things are yet to hear. */
	private final Map<String, Revocation> ahead = new LinkedHashMap<>();

	/** What was heard since there is something to be made up for. */
	private @Nullable Heard heard;

	SubscriptionMemory(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	synchronized void put(Remembered remembered) {
		ServerSubscription subscription = current(remembered.subscription());
		set(remembered);
		if (this.heard != null) {
			this.heard.put.add(new Key(subscription.target(), subscription.id()));
		}
	}

	private void set(Remembered remembered) {
		ServerSubscription subscription = current(remembered.subscription());
		Entry entry = new Entry(subscription,
				this.nanoTime.getAsLong() + TimeUnit.MILLISECONDS.toNanos(remembered.ttlMillis()));
		entry.excluded.addAll(remembered.excluded());
		this.entries.computeIfAbsent(subscription.target(), (absent) -> new LinkedHashMap<>())
			.put(subscription.id(), entry);
	}

	synchronized void remove(Target of, String topic) {
		Target target = current(of);
		removeIf(target, (entry) -> entry.subscription.topic().equals(topic));
		if (this.heard != null) {
			this.heard.removed.add(new Key(target, topic));
			this.heard.put.removeIf((key) -> key.target().equals(target) && find(target, key.name()) == null);
		}
	}

	/**
	 * Withdraws a right here, before the others hear of it.
	 */
	synchronized void revokeAhead(Revocation revocation) {
		this.ahead.put(revocation.id(), revocation);
	}

	/**
	 * Withdraws a right.
	 * @return whose subscriptions it is about
	 */
	synchronized Set<Target> revoke(Revocation revocation) {
		this.ahead.remove(revocation.id());
		if (this.heard != null) {
			this.heard.revoked.add(revocation);
			this.heard.put.removeIf((key) -> {
				Entry entry = find(key.target(), key.name());
				return entry != null && revocation.ends(entry.subscription);
			});
		}
		return withdraw(revocation);
	}

	private Set<Target> withdraw(Revocation revocation) {
		return withdraw(revocation, Set.of());
	}

	/**
	 * Withdraws a right.
	 * @param newer what came after that
	 */
	private Set<Target> withdraw(Revocation revocation, Set<Key> newer) {
		Set<Target> affected = new HashSet<>();
		for (Target target : List.copyOf(this.entries.keySet())) {
			Predicate<Entry> older = (entry) -> revocation.matches(entry.subscription)
					&& !newer.contains(new Key(target, entry.subscription.id()));
			boolean excluded = exclude(target, revocation, older);
			if (removeIf(target, older.and((entry) -> revocation.ends(entry.subscription))) || excluded) {
				affected.add(target);
			}
		}
		return affected;
	}

	private boolean exclude(Target target, Revocation revocation, Predicate<Entry> older) {
		boolean excluded = false;
		if (revocation.user() != null && target.kind() != Target.Kind.USER) {
			for (Entry entry : this.entries.getOrDefault(target, Map.of()).values()) {
				if (older.test(entry)) {
					excluded |= entry.excluded.add(revocation.user());
				}
			}
		}
		return excluded;
	}

	private boolean removeIf(Target target, Predicate<Entry> condition) {
		Map<String, Entry> ofTarget = this.entries.get(target);
		boolean removed = ofTarget != null && ofTarget.values().removeIf(condition);
		if (ofTarget != null && ofTarget.isEmpty()) {
			this.entries.remove(target);
		}
		return removed;
	}

	private @Nullable Entry find(Target target, String id) {
		return this.entries.getOrDefault(target, Map.of()).get(id);
	}

	/**
	 * Whether a right to a subscription was withdrawn here a moment ago.
	 */
	synchronized boolean isRevokedAhead(ServerSubscription subscription, String user) {
		return this.ahead.values().stream().anyMatch((revocation) -> revocation.matches(subscription, user));
	}

	/**
	 * What a connection is to be subscribed to.
	 * @return the subscriptions by id
	 */
	synchronized Map<String, ServerSubscription> of(Member member) {
		String user = member.user().getName();
		Map<String, ServerSubscription> subscriptions = new LinkedHashMap<>();
		collect(new Target(Target.Kind.USER, member.tenant().id(), user), user, subscriptions);
		if (member.session() != null) {
			collect(current(new Target(Target.Kind.SESSION, member.tenant().id(), member.session())), user,
					subscriptions);
		}
		return subscriptions;
	}

	private void collect(Target target, String user, Map<String, ServerSubscription> subscriptions) {
		long now = this.nanoTime.getAsLong();
		this.entries.getOrDefault(target, Map.of()).forEach((id, entry) -> {
			if (now - entry.expiresAt < 0 && !entry.excluded.contains(user)
					&& !isRevokedAhead(entry.subscription, user)) {
				subscriptions.put(id, entry.subscription);
			}
		});
	}

	/**
	 * Forgets what nobody has used for as long as it is to be remembered.
	 * @return whose subscriptions ended
	 */
	synchronized Set<Target> expire() {
		long now = this.nanoTime.getAsLong();
		Set<Target> affected = new HashSet<>();
		for (Target target : List.copyOf(this.entries.keySet())) {
			if (removeIf(target, (entry) -> now - entry.expiresAt >= 0)) {
				affected.add(target);
			}
		}
		return affected;
	}

	/**
	 * What will be forgotten within a time.
	 */
	synchronized List<ServerSubscription> expiringWithin(Duration time) {
		long until = this.nanoTime.getAsLong() + time.toNanos();
		return this.entries.values()
			.stream()
			.flatMap((ofTarget) -> ofTarget.values().stream())
			.filter((entry) -> entry.expiresAt - until < 0)
			.map((entry) -> entry.subscription)
			.toList();
	}

	/**
	 * Remembers longer what is still there.
	 */
	synchronized void renew(Remembered remembered) {
		ServerSubscription subscription = current(remembered.subscription());
		Entry entry = find(subscription.target(), subscription.id());
		if (entry != null) {
			entry.expiresAt = this.nanoTime.getAsLong() + TimeUnit.MILLISECONDS.toNanos(remembered.ttlMillis());
		}
	}

	synchronized void endSession(String session) {
		String current = current(session);
		this.entries.keySet().removeIf((target) -> target.kind() == Target.Kind.SESSION && target.id().equals(current));
	}

	synchronized void renameSession(String from, String to) {
		// Never back to where it came from, or there would be no end to it.
		this.renamed.remove(to);
		this.renamed.put(from, to);
		for (Target target : List.copyOf(this.entries.keySet())) {
			if (target.kind() == Target.Kind.SESSION && target.id().equals(from)) {
				Map<String, Entry> moved = this.entries.remove(target);
				if (moved != null) {
					Map<String, Entry> present = this.entries.computeIfAbsent(target.withId(to),
							(absent) -> new LinkedHashMap<>());
					moved.values().forEach((entry) -> {
						Entry renamed = new Entry(current(entry.subscription), entry.expiresAt);
						renamed.excluded.addAll(entry.excluded);
						present.put(renamed.subscription.id(), renamed);
					});
				}
			}
		}
	}

	private ServerSubscription current(ServerSubscription subscription) {
		Target target = current(subscription.target());
		return target.equals(subscription.target()) ? subscription
				: new ServerSubscription(target, subscription.topic(), subscription.filter(), subscription.settings());
	}

	private Target current(Target target) {
		return (target.kind() == Target.Kind.SESSION) ? target.withId(current(target.id())) : target;
	}

	private String current(String session) {
		String current = session;
		while (this.renamed.containsKey(current)) {
			current = this.renamed.get(current);
		}
		return current;
	}

	/**
	 * From now on there is something to be made up for.
	 */
	synchronized void beginCatchUp() {
		this.heard = new Heard();
	}

	/**
	 * Nothing more is to be made up for.
	 */
	synchronized void endCatchUp() {
		this.heard = null;
	}

	/**
	 * Takes over what another node remembers, but for what was heard here since.
	 * @param complete whether that is all there is, so that the rest is to be forgotten
	 * @return whose subscriptions may have changed
	 */
	synchronized Set<Target> catchUp(Collection<Remembered> others, boolean complete) {
		Heard since = (this.heard != null) ? this.heard : new Heard();
		Set<Target> affected = new HashSet<>();
		Set<Key> known = new HashSet<>(since.put);
		for (Remembered remembered : others) {
			ServerSubscription subscription = current(remembered.subscription());
			Key key = new Key(subscription.target(), subscription.id());
			boolean removed = since.removed.contains(new Key(subscription.target(), subscription.topic()));
			if (!removed && !since.put.contains(key)) {
				set(remembered);
				known.add(key);
				affected.add(subscription.target());
			}
		}
		if (complete) {
			for (Target target : List.copyOf(this.entries.keySet())) {
				if (removeIf(target, (entry) -> !known.contains(new Key(target, entry.subscription.id())))) {
					affected.add(target);
				}
			}
		}
		// Those since, once more: what is newer than they are was not taken over.
		since.revoked.forEach((revocation) -> affected.addAll(withdraw(revocation, since.put)));
		return affected;
	}

	/**
	 * All that is remembered.
	 */
	synchronized List<Remembered> all() {
		long now = this.nanoTime.getAsLong();
		List<Remembered> all = new ArrayList<>();
		this.entries.values()
			.forEach((ofTarget) -> ofTarget.values()
				.forEach((entry) -> all.add(new Remembered(entry.subscription,
						Math.max(1, TimeUnit.NANOSECONDS.toMillis(entry.expiresAt - now)), entry.excluded))));
		return all;
	}

	private record Key(Target target, String name) {

	}

	/**
	 * One subscription.
	 */
	private static final class Entry {

		private final ServerSubscription subscription;

		private final Set<String> excluded = new HashSet<>();

		private long expiresAt;

		Entry(ServerSubscription subscription, long expiresAt) {
			this.subscription = subscription;
			this.expiresAt = expiresAt;
		}

	}

	/**
	 * What was heard.
	 */
	private static final class Heard {

		/** The subscriptions, by id. */
		private final Set<Key> put = new HashSet<>();

		/** By topic. */
		private final Set<Key> removed = new HashSet<>();

		private final List<Revocation> revoked = new ArrayList<>();

	}

}
