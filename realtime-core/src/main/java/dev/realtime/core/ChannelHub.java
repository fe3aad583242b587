package dev.realtime.core;

import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.realtime.StreamPosition;
import dev.realtime.core.Lane.Beginning;
import org.jspecify.annotations.Nullable;

/**
 * A channel with subscribers on this node. Puts publications and the beginnings of
 * subscriptions into one order and hands both to the lanes in that order, so that a
 * subscription gets its past, then everything live, with no hole and nothing twice.
 * <p>
 * What does not follow the newest publication waits until the past of the channel was
 * read: then the hole is filled, or told as a gap where the past does not reach back that
 * far.
 * <p>
 * Thread-safe. Holds its monitor while handing over; lane queues take without blocking.
 */
final class ChannelHub {

	private final ChannelId channel;

	private final HistoryOptions history;

	private final InstantSource clock;

	private final CompletableFuture<Void> subscribed;

	private final Consumer<ChannelHub> reader;

	private final CompletableFuture<Void> started = new CompletableFuture<>();

	private final AtomicBoolean opening = new AtomicBoolean();

	private final Feeds feeds = new Feeds(this);

	private final RecentPublications recent;

	private final UnorderedPublications unordered = new UnorderedPublications();

	private final KnownEpochs epochs = new KnownEpochs();

	/** Who waits for the next read, with the epoch in question. */
	private final Map<CompletableFuture<Void>, String> askers = new LinkedHashMap<>();

	/** Who waits for the read under way. */
	private final Map<CompletableFuture<Void>, String> answering = new LinkedHashMap<>();

	private @Nullable StreamPosition position;

	/** Where the hub stood when the read under way began. */
	private @Nullable StreamPosition askedAt;

	/** The epochs that waited when the read under way began. */
	private Set<String> askedFor = Set.of();

	private boolean readWanted;

	/** From the beginning: the first read starts the hub. */
	private boolean reading = true;

	private boolean closed;

	/** Subscriptions that keep the hub alive. Guarded by the engine's map of hubs. */
	int retained;

	/**
	 * A hub that has not started.
	 * @param channel the channel
	 * @param history how much of its past is kept
	 * @param clock tells the age of publications
	 * @param subscribed completed once the backplane delivers
	 * @param reader called when the past has to be read; must not call back
	 */
	ChannelHub(ChannelId channel, HistoryOptions history, InstantSource clock, CompletableFuture<Void> subscribed,
			Consumer<ChannelHub> reader) {
		this.channel = channel;
		this.history = history;
		this.clock = clock;
		this.subscribed = subscribed;
		this.reader = reader;
		this.recent = new RecentPublications(history, clock);
	}

	ChannelId channel() {
		return this.channel;
	}

	int historySize() {
		return this.history.size();
	}

	/**
	 * Whether the caller is the one to start the hub.
	 */
	boolean claimOpening() {
		return this.opening.compareAndSet(false, true);
	}

	/**
	 * Completed once the backplane hands over the publications of the channel.
	 */
	CompletableFuture<Void> subscribed() {
		return this.subscribed;
	}

	/**
	 * Completed once the hub knows where its channel stands.
	 */
	CompletableFuture<Void> started() {
		return this.started;
	}

	void fail(Throwable cause) {
		this.started.completeExceptionally(cause);
	}

	/**
	 * No reads are wanted any more.
	 */
	synchronized void close() {
		this.closed = true;
	}

	synchronized void onPublication(Publication publication) {
		if (this.unordered.isEmpty() && isNext(publication)) {
			deliver(publication);
		}
		else if (!isOld(publication)) {
			boolean kept = this.unordered.add(publication);
			if (!kept || !this.reading) {
				wantRead();
			}
		}
	}

	/**
	 * Hands on what is no part of the order.
	 */
	synchronized void onEphemeral(Ephemeral ephemeral) {
		this.feeds.deliver(ephemeral);
	}

	private boolean isNext(Publication publication) {
		StreamPosition last = this.position;
		return last != null && publication.position().epoch().equals(last.epoch())
				&& publication.offset() == last.offset() + 1;
	}

	private boolean isOld(Publication publication) {
		StreamPosition last = this.position;
		String epoch = publication.position().epoch();
		return last != null
				&& (epoch.equals(last.epoch()) ? publication.offset() <= last.offset() : this.epochs.isFormer(epoch));
	}

	private void deliver(Publication publication) {
		this.position = publication.position();
		this.recent.add(publication);
		this.feeds.deliver(publication);
	}

	/**
	 * Looks whether something was missed.
	 */
	synchronized void check() {
		wantRead();
	}

	private void wantRead() {
		if (!this.readWanted) {
			this.readWanted = true;
			if (!this.reading) {
				this.reader.accept(this);
			}
		}
	}

	/**
	 * Called before the past is read. What is wanted from now on is wanted of the next
	 * read.
	 * @return {@code false} if it needs not be read any more
	 */
	synchronized boolean beginRead() {
		this.reading = !this.closed;
		this.readWanted = false;
		this.askedAt = this.position;
		this.askedFor = this.unordered.epochs();
		this.answering.putAll(this.askers);
		this.askers.clear();
		return this.reading;
	}

	/**
	 * Called when the past could not be read, before another try.
	 */
	synchronized void readFailed() {
		this.reading = false;
		this.readWanted = true;
		this.askers.putAll(this.answering);
		this.answering.clear();
	}

	/**
	 * Takes what was read.
	 */
	void onPast(ChannelPast past) {
		answered(past).forEach((asker) -> asker.complete(null));
		this.started.complete(null);
	}

	private synchronized Set<CompletableFuture<Void>> answered(ChannelPast past) {
		learn(past);
		this.unordered.takeAll().stream().filter(this::isWorthAnotherRead).forEach(this::onPublication);
		Set<CompletableFuture<Void>> answered = Set.copyOf(this.answering.keySet());
		this.answering.values().stream().filter((epoch) -> !isCurrent(epoch)).forEach(this.epochs::addOther);
		this.answering.clear();
		this.reading = false;
		if (this.readWanted || !this.unordered.isEmpty()) {
			this.readWanted = true;
			this.reader.accept(this);
		}
		return answered;
	}

	/**
	 * An epoch that was there before the read, and is not the current one, is over.
	 */
	private boolean isWorthAnotherRead(Publication publication) {
		String epoch = publication.position().epoch();
		return isCurrent(epoch) || !this.askedFor.contains(epoch);
	}

	private void learn(ChannelPast past) {
		StreamPosition last = this.position;
		StreamPosition now = past.position();
		if (last == null) {
			this.position = now;
			this.recent.addAll(past.publications());
		}
		else if (isContinued(last, past)) {
			goOn(last, now, last.offset(), known(past, last.offset()));
		}
		else if (now.epoch().equals(last.epoch())) {
			this.feeds.tellGap(0, last);
			this.recent.clear();
			this.recent.addAll(past.publications());
			this.position = now;
		}
		else {
			this.epochs.addFormer(last.epoch());
			goOn(last, now, 0, known(past, 0));
		}
	}

	/**
	 * Whether the stream still holds what was delivered. It does not where the backplane
	 * lost its newest publications and went on under the same epoch.
	 */
	private boolean isContinued(StreamPosition last, ChannelPast past) {
		StreamPosition now = past.position();
		boolean reaches = this.askedAt == null || now.offset() >= this.askedAt.offset();
		return now.epoch().equals(last.epoch()) && reaches
				&& past.publications().stream().noneMatch(this.recent::contradicts);
	}

	/**
	 * What the past and those that wait know after an offset, up to where the past
	 * stands.
	 */
	private List<Publication> known(ChannelPast past, long after) {
		StreamPosition now = past.position();
		Map<Long, Publication> known = new LinkedHashMap<>();
		Stream.concat(past.publications().stream(), this.unordered.of(now.epoch()))
			.filter((publication) -> publication.offset() > after && publication.offset() <= now.offset())
			.sorted(Comparator.comparingLong(Publication::offset))
			.forEach((publication) -> known.putIfAbsent(publication.offset(), publication));
		return List.copyOf(known.values());
	}

	private void goOn(StreamPosition last, StreamPosition now, long from, List<Publication> known) {
		long missing = now.offset() - from - known.size();
		if (missing > 0 || !isCurrent(now.epoch())) {
			this.feeds.tellGap(missing, last);
		}
		known.forEach(this::deliver);
		if (!isCurrent(now.epoch()) || requirePosition().offset() < now.offset()) {
			this.recent.clear();
			this.position = now;
		}
	}

	private boolean isCurrent(String epoch) {
		return epoch.equals(requirePosition().epoch());
	}

	/**
	 * Waits until the hub knows about a position that a client has seen. It may be ahead
	 * of this hub, if it came from a node that was faster.
	 * @param seen the position
	 * @return completed once the channel was read if need be
	 */
	CompletableFuture<Void> catchUpWith(StreamPosition seen) {
		CompletableFuture<Void> asker = new CompletableFuture<>();
		synchronized (this) {
			StreamPosition now = requirePosition();
			boolean known = seen.epoch().equals(now.epoch()) ? seen.offset() <= now.offset()
					: this.epochs.isKnown(seen.epoch());
			if (known) {
				return CompletableFuture.completedFuture(null);
			}
			this.askers.put(asker, seen.epoch());
			wantRead();
		}
		asker.whenComplete((done, ex) -> forget(asker));
		return asker;
	}

	private synchronized void forget(CompletableFuture<Void> asker) {
		this.askers.remove(asker);
		this.answering.remove(asker);
	}

	/**
	 * Goes on where a lane had to be left behind.
	 */
	synchronized void resume(Lane<?> lane) {
		this.feeds.resume(lane, requirePosition(), this::missed);
	}

	private @Nullable List<Publication> missed(StreamPosition since) {
		return covers(since) ? this.recent.after(since.offset()).toList() : null;
	}

	/**
	 * The time since a publication, by the clocks of its node and this.
	 */
	long ageNanos(Publication publication) {
		return TimeUnit.MILLISECONDS.toNanos(Math.max(0, this.clock.millis() - publication.timestamp()));
	}

	/**
	 * The position of the newest publication this hub handed over.
	 */
	synchronized StreamPosition position() {
		return requirePosition();
	}

	/**
	 * Puts a subscription into the order of the channel. Does nothing if it has ended.
	 * @param subscription the subscription
	 * @param lastByKey candidates for the newest message
	 * @param asOf the position at or after which the candidates were looked up, or
	 * {@code null} to take them as they are
	 * @return {@code false} if newer candidates may have come and gone since; nothing was
	 * done
	 */
	synchronized <F> boolean attach(Subscription<F> subscription, Collection<Publication> lastByKey,
			@Nullable StreamPosition asOf) {
		if (subscription.state == Subscription.State.ENDED) {
			return true;
		}
		this.recent.trim();
		if (asOf != null && !reachesBackTo(asOf)) {
			return false;
		}
		Lane<F> lane = subscription.connection().lane();
		Beginning beginning = beginning(subscription, lastByKey);
		subscription.state = Subscription.State.LIVE;
		this.feeds.join(lane, requirePosition(), this::missed);
		this.feeds.execute(lane, () -> lane.start(this, subscription, beginning));
		return true;
	}

	/**
	 * Gives a subscription up that waits to be attached.
	 * @return {@code false} if it is live or has ended
	 */
	synchronized boolean giveUp(Subscription<?> subscription) {
		boolean pending = subscription.state == Subscription.State.PENDING;
		if (pending) {
			subscription.state = Subscription.State.ENDED;
		}
		return pending;
	}

	/**
	 * Ends a subscription, whether it was attached or not.
	 * @return whether it was live
	 */
	synchronized <F> boolean detach(Subscription<F> subscription) {
		boolean live = subscription.state == Subscription.State.LIVE;
		subscription.state = Subscription.State.ENDED;
		if (live) {
			Lane<F> lane = subscription.connection().lane();
			this.feeds.leave(subscription);
			lane.execute(() -> lane.end(this, subscription));
		}
		return live;
	}

	private Beginning beginning(Subscription<?> subscription, Collection<Publication> lastByKey) {
		StreamPosition now = requirePosition();
		Start start = subscription.start();
		if (start instanceof Start.Since since) {
			List<Publication> missed = missed(since.position());
			return new Beginning(now, (missed != null) ? matching(missed.stream(), subscription) : List.of(),
					DeliveryMode.RECOVERED, missed != null);
		}
		if (start instanceof Start.Last) {
			// A candidate that is ahead of the hub is still to come, as a live one.
			Stream<Publication> candidates = Stream.concat(this.recent.after(0),
					lastByKey.stream().filter(this::isPast));
			List<Publication> newest = matching(candidates, subscription).stream()
				.max(Comparator.comparingLong(Publication::offset))
				.stream()
				.toList();
			return new Beginning(now, newest, DeliveryMode.REPLAY, null);
		}
		return new Beginning(now, List.of(), DeliveryMode.LIVE, null);
	}

	private static List<Publication> matching(Stream<Publication> publications, Subscription<?> subscription) {
		return publications.filter((publication) -> subscription.filter().matches(publication.attributes())).toList();
	}

	private boolean isPast(Publication publication) {
		StreamPosition now = requirePosition();
		return publication.position().epoch().equals(now.epoch()) && publication.offset() <= now.offset();
	}

	private boolean covers(StreamPosition since) {
		return since.offset() <= requirePosition().offset() && reachesBackTo(since);
	}

	private boolean reachesBackTo(StreamPosition since) {
		StreamPosition now = requirePosition();
		return since.epoch().equals(now.epoch()) && this.recent.oldestAfter(now.offset()) <= since.offset() + 1;
	}

	private StreamPosition requirePosition() {
		if (this.position == null) {
			throw new IllegalStateException("The hub of " + this.channel + " has not started");
		}
		return this.position;
	}

}
