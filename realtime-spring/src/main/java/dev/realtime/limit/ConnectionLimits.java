package dev.realtime.limit;

import java.util.ArrayList;
import java.util.List;

import dev.realtime.core.SubscriptionQuota;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has and does, counted for itself, its user, its tenant and the
 * node. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ConnectionLimits {

	private final Limiter limiter;

	private final @Nullable Rate ownFrames;

	private final @Nullable Rate ownBytes;

	private final @Nullable Rate subscribes;

	private final @Nullable Rate clientEvents;

	private final List<Runnable> held = new ArrayList<>(4);

	/** Those of the connection, then of its user and tenant. */
	private volatile List<Rate> frames;

	private volatile List<Rate> bytes;

	private @Nullable Object address;

	private @Nullable Rate patience;

	private boolean closed;

	private @Nullable Refusal refusal;

	ConnectionLimits(Limiter limiter) {
		this.limiter = limiter;
		this.ownFrames = limiter.rate(Limit.FRAMES_PER_SECOND);
		this.ownBytes = limiter.rate(Limit.BYTES_PER_SECOND);
		this.subscribes = limiter.rate(Limit.SUBSCRIBES_PER_SECOND);
		this.clientEvents = limiter.rate(Limit.CLIENT_EVENTS_PER_SECOND);
		this.frames = listOf(this.ownFrames);
		this.bytes = listOf(this.ownBytes);
	}

	synchronized void opened(Object node, @Nullable Object address) {
		if (!hold(Limit.CONNECTIONS, node)) {
			this.refusal = this.limiter.refuse(Limit.CONNECTIONS);
		}
		else if (address != null
				&& !this.limiter.counter(Limit.UNAUTHENTICATED_CONNECTIONS_PER_ADDRESS).tryAcquire(address)) {
			this.refusal = this.limiter.refuse(Limit.UNAUTHENTICATED_CONNECTIONS_PER_ADDRESS);
		}
		else {
			this.address = address;
		}
	}

	/**
	 * Why the connection may not stay although its handshake was good: others came at the
	 * same time.
	 * @return why, or {@code null}
	 */
	public synchronized @Nullable Refusal refusal() {
		return this.refusal;
	}

	/**
	 * Counts the connection for its tenant and its user.
	 * @param tenant the tenant
	 * @param user the user; {@code null} if it is anonymous
	 * @return why it may not stay, or {@code null}
	 */
	public synchronized @Nullable Refusal connected(String tenant, @Nullable String user) {
		if (this.closed) {
			return null;
		}
		Object tenantKey = tenant;
		Object userKey = (user != null) ? new UserKey(tenant, user) : null;
		int before = this.held.size();
		if (!hold(Limit.CONNECTIONS_PER_TENANT, tenantKey)) {
			return this.limiter.refuse(Limit.CONNECTIONS_PER_TENANT);
		}
		if (userKey != null && !hold(Limit.CONNECTIONS_PER_USER, userKey)) {
			// The place in the tenant is for another, however long this one takes to go.
			releaseFrom(before);
			return this.limiter.refuse(Limit.CONNECTIONS_PER_USER);
		}
		releaseAddress();
		this.frames = listOf(this.ownFrames,
				(userKey != null) ? retain(Limit.FRAMES_PER_SECOND_PER_USER, userKey) : null,
				retain(Limit.FRAMES_PER_SECOND_PER_TENANT, tenantKey));
		this.bytes = listOf(this.ownBytes, (userKey != null) ? retain(Limit.BYTES_PER_SECOND_PER_USER, userKey) : null,
				retain(Limit.BYTES_PER_SECOND_PER_TENANT, tenantKey));
		return null;
	}

	/**
	 * Counts subscriptions for the tenant and the user.
	 * @param tenant the tenant
	 * @param user the user; {@code null} if it is anonymous
	 * @return what counts
	 */
	public SubscriptionQuota subscriptions(String tenant, @Nullable String user) {
		return new Quota(this.limiter, tenant, (user != null) ? new UserKey(tenant, user) : null);
	}

	private boolean hold(Limit limit, Object key) {
		if (this.limiter.options().of(limit) == 0) {
			return true;
		}
		KeyedCounter counter = this.limiter.counter(limit);
		boolean acquired = counter.tryAcquire(key);
		if (acquired) {
			this.held.add(() -> counter.release(key));
		}
		return acquired;
	}

	private @Nullable Rate retain(Limit limit, Object key) {
		SharedRates shared = this.limiter.shared(limit);
		Rate rate = shared.retain(key);
		if (rate != null) {
			this.held.add(() -> shared.release(key));
		}
		return rate;
	}

	private static List<Rate> listOf(@Nullable Rate... rates) {
		List<Rate> list = new ArrayList<>(rates.length);
		for (Rate rate : rates) {
			if (rate != null) {
				list.add(rate);
			}
		}
		return List.copyOf(list);
	}

	/**
	 * Counts bytes.
	 * @param count how many arrived
	 * @return which limit they exceed, or {@code null}
	 */
	public @Nullable Refusal bytes(int count) {
		return take(this.bytes, count);
	}

	/**
	 * Counts a frame of any kind, or a part of one.
	 * @return which limit it exceeds, or {@code null}
	 */
	public @Nullable Refusal frame() {
		return take(this.frames, 1);
	}

	/**
	 * Counts a SUBSCRIBE frame, which was counted as a frame already.
	 * @return which limit it exceeds, or {@code null}
	 */
	public @Nullable Refusal subscribe() {
		return (this.subscribes != null) ? take(List.of(this.subscribes), 1) : null;
	}

	/**
	 * Counts an event that is sent to a topic, and was counted as a frame already.
	 * @return which limit it exceeds, or {@code null}
	 */
	public @Nullable Refusal clientEvent() {
		return (this.clientEvents != null) ? take(List.of(this.clientEvents), 1) : null;
	}

	/**
	 * Counts a control frame of WebSocket, of which nothing becomes a frame of STOMP.
	 * @param size its bytes
	 * @return which limit it exceeds, or {@code null}
	 */
	public @Nullable Refusal control(int size) {
		Refusal frame = frame();
		return (frame != null) ? frame : bytes(size);
	}

	private @Nullable Refusal take(List<Rate> rates, int amount) {
		for (Rate rate : rates) {
			Refusal refusal = (amount > 0) ? rate.take(amount) : null;
			if (refusal != null) {
				return this.limiter.count(refusal);
			}
		}
		return null;
	}

	/**
	 * Whether a refused client may go on. What others of its tenant do is not held
	 * against it.
	 * @param refusal why it was refused
	 * @return {@code false} if it has been refused too often
	 */
	public synchronized boolean forgives(Refusal refusal) {
		if (!refusal.limit().isOfConnection()) {
			return true;
		}
		if (this.patience == null) {
			this.patience = this.limiter.patience();
		}
		return this.patience.take(1) == null;
	}

	/**
	 * Whether a header has more bytes than it may, or a frame more headers.
	 * @param headers the number of headers
	 * @param longest the characters of the longest, with its name
	 * @return {@code true} if one of both is too much
	 */
	public boolean exceedsHeaders(int headers, int longest) {
		return exceeds(Limit.HEADERS_PER_FRAME, headers) || exceeds(Limit.HEADER_SIZE, longest);
	}

	private boolean exceeds(Limit limit, long actual) {
		boolean exceeded = this.limiter.options().isExceeded(limit, actual);
		if (exceeded) {
			this.limiter.refused(limit);
		}
		return exceeded;
	}

	/**
	 * Counts the connection no more. A second call does nothing.
	 */
	public synchronized void close() {
		this.closed = true;
		releaseAddress();
		releaseFrom(0);
	}

	private void releaseFrom(int index) {
		List<Runnable> released = this.held.subList(index, this.held.size());
		released.forEach(Runnable::run);
		released.clear();
	}

	private void releaseAddress() {
		if (this.address != null) {
			this.limiter.counter(Limit.UNAUTHENTICATED_CONNECTIONS_PER_ADDRESS).release(this.address);
			this.address = null;
		}
	}

	/**
	 * A user, whose name says something in its tenant only.
	 */
	private record UserKey(String tenant, String user) {

	}

	/**
	 * The subscriptions of a tenant and of a user.
	 */
	private record Quota(Limiter limiter, Object tenant, @Nullable Object user) implements SubscriptionQuota {

		@Override
		public boolean tryAcquire() {
			if (!this.limiter.counter(Limit.SUBSCRIPTIONS_PER_TENANT).tryAcquire(this.tenant)) {
				this.limiter.refused(Limit.SUBSCRIPTIONS_PER_TENANT);
				return false;
			}
			if (this.user != null && !this.limiter.counter(Limit.SUBSCRIPTIONS_PER_USER).tryAcquire(this.user)) {
				this.limiter.refused(Limit.SUBSCRIPTIONS_PER_USER);
				this.limiter.counter(Limit.SUBSCRIPTIONS_PER_TENANT).release(this.tenant);
				return false;
			}
			return true;
		}

		@Override
		public void release() {
			this.limiter.counter(Limit.SUBSCRIPTIONS_PER_TENANT).release(this.tenant);
			if (this.user != null) {
				this.limiter.counter(Limit.SUBSCRIPTIONS_PER_USER).release(this.user);
			}
		}

	}

}
