package dev.realtime.access;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

import dev.realtime.access.GuardedClient.Withdrawal;

/**
 * What became of rights on this node, since it started. Thread-safe.
 *
 * @since 0.1.0
 */
public final class AccessCounters {

	private final Map<AccessAction, LongAdder> orders = new EnumMap<>(AccessAction.class);

	private final Map<Withdrawal, LongAdder> withdrawals = new EnumMap<>(Withdrawal.class);

	AccessCounters() {
		for (AccessAction action : AccessAction.values()) {
			this.orders.put(action, new LongAdder());
		}
		for (Withdrawal reason : Withdrawal.values()) {
			this.withdrawals.put(reason, new LongAdder());
		}
	}

	void obeyed(AccessAction action) {
		Objects.requireNonNull(this.orders.get(action)).increment();
	}

	/**
	 * Counts a subscription that ended.
	 * @param reason why
	 */
	public void withdrawn(Withdrawal reason) {
		Objects.requireNonNull(this.withdrawals.get(reason)).increment();
	}

	/**
	 * Orders that this node obeyed, its own and those of others.
	 * @param action what was to be done
	 * @return their number
	 */
	public long orders(AccessAction action) {
		return Objects.requireNonNull(this.orders.get(action)).sum();
	}

	/**
	 * Subscriptions that ended because the right to them did.
	 * @param reason why
	 * @return their number
	 */
	public long withdrawals(Withdrawal reason) {
		return Objects.requireNonNull(this.withdrawals.get(reason)).sum();
	}

}
