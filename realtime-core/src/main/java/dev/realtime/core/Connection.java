package dev.realtime.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

/**
 * A client as the engine sees it: a lane for life, a sink for its frames, and its
 * subscriptions by id. Thread-safe.
 *
 * @param <F> the frame type of the transport
 * @since 0.1.0
 */
public final class Connection<F> {

	private static final int PUBLIC_ID_LENGTH = 16;

	private final String id;

	private final Lane<F> lane;

	private final FrameSink<F> sink;

	private final Map<String, Subscription<F>> subscriptions = new HashMap<>();

	private boolean closed;

	private boolean ended;

	private volatile @Nullable CloseReason requested;

	private volatile @Nullable LongConsumer timer;

	private @Nullable Consumer<Ending> endListener;

	private @Nullable Ending ending;

	private volatile @Nullable String user;

	private volatile @Nullable String publicId;

	private volatile long positionInterval;

	/** Owned by the lane. */
	private long positionsLookedAt;

	private SubscriptionQuota quota = SubscriptionQuota.UNLIMITED;

	/**
	 * Owned by the lane: something could not be written, and nothing that follows may be.
	 */
	boolean broken;

	/** Owned by the lane: what goes out at the end of its turn. */
	@Nullable Batch<F> batch;

	/** Owned by the lane: what is ephemeral and waits for the client to keep up. */
	@Nullable HeldBack<F> heldBack;

	/**
	 * Owned by the lane: the newest publications by key, of those the client could not
	 * take.
	 */
	private final Map<Subscription<F>, Conflated> conflated = new LinkedHashMap<>();

	Connection(String id, Lane<F> lane, FrameSink<F> sink) {
		this.id = id;
		this.lane = lane;
		this.sink = sink;
	}

	/**
	 * The id of the connection.
	 * @return an id that nobody can guess, for its client alone
	 */
	public String id() {
		return this.id;
	}

	/**
	 * What others may know of the connection. Its own id is for its client alone, which
	 * leaves itself out of publications by it.
	 * @return 16 characters that do not tell the id
	 */
	public String publicId() {
		String publicId = this.publicId;
		if (publicId == null) {
			publicId = hash("connection:" + this.id);
			this.publicId = publicId;
		}
		return publicId;
	}

	private static String hash(String text) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
			return Base64.getUrlEncoder().encodeToString(digest).substring(0, PUBLIC_ID_LENGTH);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Says whose connection it is.
	 * @param user the name of the user, or {@code null} if there is none that others can
	 * address
	 */
	public void setUser(@Nullable String user) {
		this.user = user;
	}

	@Nullable String user() {
		return this.user;
	}

	/**
	 * Sends a frame, after all that was sent before. Does not block.
	 * @param frame the frame
	 */
	public void send(F frame) {
		this.lane.execute(() -> this.lane.send(this, frame));
	}

	/**
	 * Closes the connection after all that was sent before. Does not block.
	 * @param reason what the client is told
	 */
	public void close(CloseReason reason) {
		close(reason, reason.text());
	}

	/**
	 * Closes the connection after all that was sent before. Does not block.
	 * @param reason why
	 * @param text what the client is told in words, at most 123 bytes
	 */
	public void close(CloseReason reason, String text) {
		request(reason);
		this.lane.execute(() -> this.lane.close(this, reason, text));
	}

	private synchronized void request(CloseReason reason) {
		if (this.requested == null) {
			this.requested = reason;
		}
	}

	/**
	 * Why the server ended the connection, or wanted to when the client left.
	 * @return the reason, or {@code null} if it was the client alone
	 */
	public @Nullable CloseReason closeReason() {
		CloseReason told = this.sink.closeReason();
		return (told != null) ? told : this.requested;
	}

	/**
	 * Counts the subscriptions of this connection together with those of others. To be
	 * called before the first subscription.
	 * @param quota what counts
	 */
	public synchronized void limitSubscriptions(SubscriptionQuota quota) {
		this.quota = quota;
	}

	/**
	 * Where the connection lives.
	 * @return its lane
	 */
	public Lane<F> lane() {
		return this.lane;
	}

	/**
	 * The subscriptions there are now, live or not yet.
	 * @return a copy, in no order
	 */
	public synchronized List<Subscription<F>> subscriptions() {
		return List.copyOf(this.subscriptions.values());
	}

	/**
	 * Sets what is called about once a second by the lane, for what depends on time. It
	 * does not block.
	 * @param timer gets the current {@link System#nanoTime()}
	 */
	public void onTick(LongConsumer timer) {
		this.timer = timer;
	}

	/**
	 * Sets what is called once when the connection has ended; at once if it has already.
	 * It does not block.
	 * @param listener hears whether the client meant it
	 */
	public void onEnd(Consumer<Ending> listener) {
		Ending ending;
		synchronized (this) {
			this.endListener = listener;
			ending = this.ending;
		}
		if (ending != null) {
			listener.accept(ending);
		}
	}

	/**
	 * Has the client told now and then where its subscriptions with a filter are, as word
	 * of the kind {@code position}. What matches them may be rare and other publications
	 * many: the history would no longer reach back to the last one that the client got,
	 * although it missed nothing.
	 * @param interval the least time between two such words
	 */
	public void tellPositions(Duration interval) {
		this.positionInterval = interval.toNanos();
	}

	/**
	 * Whether to look at the positions of the subscriptions. On the lane only.
	 */
	boolean isPositionLookDue(long nanoTime) {
		long interval = this.positionInterval;
		if (interval == 0 || (this.positionsLookedAt != 0 && nanoTime - this.positionsLookedAt < interval)) {
			return false;
		}
		this.positionsLookedAt = nanoTime;
		return true;
	}

	void ended(Ending ending) {
		Consumer<Ending> listener;
		synchronized (this) {
			this.ending = ending;
			listener = this.endListener;
		}
		if (listener != null) {
			listener.accept(ending);
		}
	}

	void tick(long nanoTime) {
		LongConsumer timer = this.timer;
		if (timer != null) {
			timer.accept(nanoTime);
		}
		this.sink.tick(nanoTime);
	}

	FrameSink<F> sink() {
		return this.sink;
	}

	boolean isConflating(Subscription<F> subscription) {
		return this.conflated.containsKey(subscription);
	}

	/**
	 * Keeps a publication for later.
	 * @return how many were dropped for it
	 */
	int conflate(Subscription<F> subscription, Publication publication) {
		return this.conflated.computeIfAbsent(subscription, (absent) -> new Conflated(subscription.history()))
			.put(subscription.conflationKey(publication), publication);
	}

	void dropConflated(Subscription<F> subscription) {
		this.conflated.remove(subscription);
		if (this.heldBack != null) {
			this.heldBack.remove(subscription);
		}
	}

	/**
	 * What the client could not take, by subscription.
	 */
	Map<Subscription<F>, Conflated> takeConflated() {
		Map<Subscription<F>, Conflated> taken = new LinkedHashMap<>(this.conflated);
		this.conflated.clear();
		return taken;
	}

	synchronized SubscribeOutcome register(Subscription<F> subscription, int limit) {
		if (this.closed) {
			return SubscribeOutcome.CLOSED;
		}
		if (this.subscriptions.containsKey(subscription.id())) {
			return SubscribeOutcome.DUPLICATE_ID;
		}
		if (this.subscriptions.size() >= limit) {
			return SubscribeOutcome.TOO_MANY;
		}
		if (!this.quota.tryAcquire()) {
			return SubscribeOutcome.QUOTA_EXCEEDED;
		}
		this.subscriptions.put(subscription.id(), subscription);
		return SubscribeOutcome.ACCEPTED;
	}

	synchronized @Nullable Subscription<F> unregister(String subscriptionId) {
		Subscription<F> subscription = this.subscriptions.remove(subscriptionId);
		if (subscription != null) {
			this.quota.release();
		}
		return subscription;
	}

	synchronized boolean unregister(Subscription<F> subscription) {
		boolean removed = this.subscriptions.remove(subscription.id(), subscription);
		if (removed) {
			this.quota.release();
		}
		return removed;
	}

	/**
	 * Whether the caller is the one to end the connection.
	 */
	synchronized boolean claimEnd() {
		boolean first = !this.ended;
		this.ended = true;
		return first;
	}

	/**
	 * Refuses all further subscriptions.
	 * @return those there were
	 */
	synchronized List<Subscription<F>> end() {
		this.closed = true;
		List<Subscription<F>> ended = new ArrayList<>(this.subscriptions.values());
		this.subscriptions.clear();
		ended.forEach((subscription) -> this.quota.release());
		return ended;
	}

	synchronized int subscriptionCount() {
		return this.subscriptions.size();
	}

	@Override
	public String toString() {
		return "Connection " + this.id;
	}

}
