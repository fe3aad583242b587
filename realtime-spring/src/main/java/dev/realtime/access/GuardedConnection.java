package dev.realtime.access;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

import dev.realtime.Decision;
import dev.realtime.access.Admission.Verdict;
import dev.realtime.access.GuardedClient.Withdrawal;
import dev.realtime.core.CloseReason;
import dev.realtime.core.Connection;
import dev.realtime.core.SubscribeOutcome;
import dev.realtime.core.Subscription;
import dev.realtime.core.UnsubscribeOutcome;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection and its rights: asks them before a subscription, and again when somebody
 * says so or time has come. A right that is withdrawn while it is being asked stays
 * withdrawn.
 * <p>
 * Thread-safe. Holds its monitor while it subscribes and unsubscribes, which does not
 * block, and never while a right is asked.
 *
 * @since 0.1.0
 */
public final class GuardedConnection {

	private static final Logger logger = LoggerFactory.getLogger(GuardedConnection.class);

	private final AccessControl control;

	private final Connection<?> connection;

	private final GuardedClient client;

	private final long since;

	/** Of those who send something; most only listen. */
	private volatile @Nullable Permits permits;

	private volatile Member member;

	/** The right of the SUBSCRIBE under way. */
	private @Nullable Check subscribing;

	/** The right that is asked again. */
	private @Nullable Check rechecking;

	/** What else the client waits for. */
	private final List<Deadline> deadlines = new ArrayList<>(0);

	private boolean rechecksScheduled;

	private long expiry = Grant.NEVER;

	private long periodicRecheck = Grant.NEVER;

	/** Nothing has to be done before. */
	private volatile long nextLook = Grant.NEVER;

	private boolean ended;

	/**
	 * A connection.
	 * @param since when its client began to authenticate
	 */
	GuardedConnection(AccessControl control, Connection<?> connection, GuardedClient client, Member member,
			long since) {
		this.since = since;
		this.control = control;
		this.connection = connection;
		this.client = client;
		this.member = member;
		setExpiry();
		this.periodicRecheck = control.nextPeriodicRecheck(true);
		lookAt(this.periodicRecheck);
	}

	long since() {
		return this.since;
	}

	/**
	 * Who is connected.
	 * @return the newest authentication of the user
	 */
	public Member member() {
		return this.member;
	}

	/**
	 * Until when the connection lasts, if the client sends no fresh token.
	 * @return the time from now, or {@code null} if there is no end
	 */
	public synchronized @Nullable Duration lifetime() {
		if (this.expiry == Grant.NEVER) {
			return null;
		}
		long nanos = this.expiry - this.control.now() - this.control.options().expiryGrace().toNanos();
		return Duration.ofNanos(Math.max(0, nanos));
	}

	/**
	 * Subscribes, if the right says yes. Blocks as long as the right does.
	 * @param right what the subscription needs
	 * @param registration subscribes, with the given attachment; does not block
	 * @param whenTimedOut called if the right does not answer in time; then nothing more
	 * happens
	 * @return what became of it
	 */
	public Admission subscribe(Right right, Function<Object, SubscribeOutcome> registration, Runnable whenTimedOut) {
		Check check = new Check(right, this.control.ruleDeadline(), whenTimedOut);
		begin(check);
		try {
			while (true) {
				Decision decision = right.check(this.member.user(), this.member.tenant());
				Admission admission = admit(check, decision, registration);
				if (admission != null) {
					return admission;
				}
			}
		}
		finally {
			done();
		}
	}

	private synchronized void begin(Check check) {
		this.subscribing = check;
		lookAt(check.deadline);
	}

	private synchronized void done() {
		this.subscribing = null;
	}

	/**
	 * Subscribes, as long as nobody can come in between.
	 * @return {@code null} if the right has to be asked once more
	 */
	private synchronized @Nullable Admission admit(Check check, Decision decision,
			Function<Object, SubscribeOutcome> registration) {
		if (check.timedOut) {
			return Admission.TIMED_OUT;
		}
		if (check.revoked || !decision.isAllowed()) {
			return Admission.DENIED;
		}
		if (check.stale) {
			check.stale = false;
			return null;
		}
		Grant grant = new Grant(check.right);
		grant.decided(decision, this.control.now());
		lookAt(grant.due);
		return new Admission(Verdict.ALLOWED, registration.apply(grant));
	}

	/**
	 * Begins to wait for something that takes as long as a rule may.
	 * @param what what it is, for the log
	 * @param whenMissed called if it takes longer; does not block
	 * @return the time until which it has to be done
	 */
	public Deadline expect(Supplier<String> what, Runnable whenMissed) {
		return expect(what, this.control.options().ruleTimeout(), whenMissed);
	}

	/**
	 * Begins to wait for something.
	 * @param what what it is, for the log
	 * @param patience how long it may take
	 * @param whenMissed called if it takes longer; does not block
	 * @return the time until which it has to be done
	 */
	public synchronized Deadline expect(Supplier<String> what, Duration patience, Runnable whenMissed) {
		Deadline deadline = new Deadline(this, what, this.control.now() + patience.toNanos(), whenMissed);
		this.deadlines.add(deadline);
		lookAt(deadline.time());
		return deadline;
	}

	synchronized void forget(Deadline deadline) {
		this.deadlines.remove(deadline);
	}

	/**
	 * Whether a subscription of the connection was allowed by a right of some kind.
	 * @param kind tells rights of that kind
	 * @return whether there is one now
	 */
	public boolean isSubscribedBy(Predicate<Right> kind) {
		return this.connection.subscriptions()
			.stream()
			.anyMatch((subscription) -> subscription.attachment() instanceof Grant grant && kind.test(grant.right));
	}

	/**
	 * Whether a right holds that is needed often. Blocks as long as the right does, which
	 * is asked once in a while.
	 * @param right what is needed
	 * @return the answer, at most 30 seconds old, and asked after it was withdrawn
	 */
	public boolean permits(Right right) {
		return sharedPermits().ask(right, this.member);
	}

	private Permits sharedPermits() {
		Permits permits = this.permits;
		if (permits == null) {
			synchronized (this) {
				permits = (this.permits != null) ? this.permits : new Permits(this.control::now);
				this.permits = permits;
			}
		}
		return permits;
	}

	private void forgetPermits(TopicPattern topics) {
		Permits permits = this.permits;
		if (permits != null) {
			permits.forget(topics);
		}
	}

	/**
	 * The id of the connection.
	 * @return an id that is unique in the node
	 */
	public String id() {
		return this.connection.id();
	}

	/**
	 * Subscribes without asking anybody: server code wants it.
	 * @param right what may be withdrawn
	 * @param registration subscribes, with the given attachment; does not block
	 * @return what became of it
	 */
	public synchronized SubscribeOutcome grant(Right right, Function<Object, SubscribeOutcome> registration) {
		return registration.apply(new Grant(right));
	}

	/**
	 * Ends what is subscribed, and what is about to be.
	 * @param here whether the right was withdrawn on this node, and not on another
	 */
	synchronized void revoke(TopicPattern topics, boolean here) {
		forgetPermits(topics);
		if (this.subscribing != null && topics.matches(this.subscribing.right)) {
			this.subscribing.revoked = true;
		}
		for (Subscription<?> subscription : this.connection.subscriptions()) {
			if (subscription.attachment() instanceof Grant grant && topics.matches(grant.right)
					&& (here || !grant.right.isServerSide())) {
				withdraw(subscription, Withdrawal.REVOKED);
			}
		}
	}

	private void withdraw(Subscription<?> subscription, Withdrawal reason) {
		UnsubscribeOutcome outcome = this.control.engine().unsubscribe(subscription);
		if (outcome != UnsubscribeOutcome.UNKNOWN) {
			this.control.counters().withdrawn(reason);
			this.client.withdrawn(subscription, outcome == UnsubscribeOutcome.WAS_LIVE, reason);
		}
	}

	/**
	 * Has the rights asked again.
	 */
	void recheck(TopicPattern topics) {
		recheck(topics, true);
	}

	/**
	 * Has the rights asked again.
	 * @param proofs whether clients have to bring fresh proofs of those that can not be
	 * asked here
	 */
	private synchronized void recheck(TopicPattern topics, boolean proofs) {
		forgetPermits(topics);
		if (this.subscribing != null && topics.matches(this.subscribing.right)) {
			this.subscribing.stale = true;
		}
		for (Subscription<?> subscription : this.connection.subscriptions()) {
			if (subscription.attachment() instanceof Grant grant && topics.matches(grant.right)) {
				if (proofs || grant.right.isCheckable()) {
					askAgain(subscription, grant);
				}
			}
		}
	}

	private void scheduleRechecks() {
		if (!this.rechecksScheduled && !this.ended) {
			try {
				this.rechecksScheduled = true;
				this.control.executor().execute(this::runRechecks);
			}
			catch (RejectedExecutionException ex) {
				// The node goes down, and the connection with it.
				this.rechecksScheduled = false;
			}
		}
	}

	private void runRechecks() {
		Subscription<?> subscription = nextStale();
		while (subscription != null && subscription.attachment() instanceof Grant grant) {
			decided(subscription, grant, grant.right.check(this.member.user(), this.member.tenant()));
			returned();
			subscription = nextStale();
		}
	}

	private synchronized @Nullable Subscription<?> nextStale() {
		for (Subscription<?> subscription : this.connection.subscriptions()) {
			if (subscription.attachment() instanceof Grant grant && grant.stale) {
				grant.stale = false;
				this.rechecking = new Check(grant.right, this.control.ruleDeadline(), () -> {
					this.control.hangs();
					withdraw(subscription, Withdrawal.TIMED_OUT);
				});
				lookAt(this.rechecking.deadline);
				return subscription;
			}
		}
		this.rechecking = null;
		this.rechecksScheduled = false;
		return null;
	}

	private synchronized void returned() {
		if (this.rechecking != null && this.rechecking.timedOut) {
			this.control.returns();
		}
	}

	private synchronized void decided(Subscription<?> subscription, Grant grant, Decision decision) {
		if (!decision.isAllowed()) {
			withdraw(subscription, Withdrawal.REVOKED);
		}
		else {
			grant.decided(decision, this.control.now());
			lookAt(grant.due);
		}
	}

	/**
	 * Takes a fresh authentication of the same user, and has all rights that can be asked
	 * here asked again with it.
	 * @param fresh the same user and tenant
	 */
	public void refresh(Member fresh) {
		if (!fresh.isSameUser(this.member)) {
			throw new IllegalArgumentException("Not the same user and tenant");
		}
		this.control.registry().replace(this, fresh);
		synchronized (this) {
			setExpiry();
		}
		recheck(TopicPattern.ALL, false);
	}

	/**
	 * Called by the registry alone, which does one thing at a time.
	 */
	void setMember(Member member) {
		this.member = member;
	}

	private void setExpiry() {
		this.expiry = this.control.expiry(this.member.expiresAt());
		lookAt(this.expiry);
	}

	/**
	 * Ends the connection.
	 */
	void close(CloseReason reason) {
		this.client.end(reason);
	}

	private void lookAt(long time) {
		this.nextLook = Math.min(this.nextLook, time);
	}

	void tick() {
		long now = this.control.now();
		if (now >= this.nextLook) {
			look(now);
		}
	}

	private synchronized void look(long now) {
		this.nextLook = Grant.NEVER;
		if (this.ended) {
			return;
		}
		if (now >= this.expiry) {
			this.expiry = Grant.NEVER;
			close(CloseReason.AUTHENTICATION_EXPIRED);
		}
		lookAt(this.expiry);
		lookAt(this.subscribing, now);
		lookAt(this.rechecking, now);
		lookAtDeadlines(now);
		if (now >= this.periodicRecheck) {
			this.periodicRecheck = this.control.nextPeriodicRecheck(false);
			recheck(TopicPattern.ALL);
		}
		lookAt(this.periodicRecheck);
		lookAtGrants(now);
	}

	private void lookAt(@Nullable Check check, long now) {
		if (check == null || check.timedOut) {
			return;
		}
		if (now >= check.deadline) {
			warn("the rule for " + check.right.topic());
			check.timeOut();
		}
		else {
			lookAt(check.deadline);
		}
	}

	private void lookAtDeadlines(long now) {
		for (Deadline deadline : List.copyOf(this.deadlines)) {
			if (now < deadline.time()) {
				lookAt(deadline.time());
			}
			else {
				this.deadlines.remove(deadline);
				if (deadline.miss()) {
					warn(deadline.toString());
				}
			}
		}
	}

	/**
	 * What hangs keeps a thread: somebody should know.
	 */
	private void warn(String what) {
		logger.warn("{} waited too long for {}, which may still be at work", this, what);
	}

	private void lookAtGrants(long now) {
		for (Subscription<?> subscription : this.connection.subscriptions()) {
			if (subscription.attachment() instanceof Grant grant) {
				if (now >= grant.due) {
					grant.due = Grant.NEVER;
					askAgain(subscription, grant);
				}
				lookAt(grant.due);
			}
		}
	}

	private void askAgain(Subscription<?> subscription, Grant grant) {
		if (grant.right.isCheckable()) {
			grant.stale = true;
			scheduleRechecks();
		}
		else {
			withdraw(subscription, Withdrawal.PROOF_NEEDED);
		}
	}

	/**
	 * Called when the connection has ended. A second call does nothing.
	 */
	public void ended() {
		synchronized (this) {
			this.ended = true;
			if (this.rechecking != null && !this.rechecking.timedOut) {
				// Nobody looks at the clock any more.
				this.rechecking.timedOut = true;
				this.control.hangs();
			}
		}
		this.control.registry().remove(this);
	}

	@Override
	public String toString() {
		return this.connection.toString();
	}

}
