package dev.realtime;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link CanSubscribe} method may answer instead of a {@code boolean}: yes, yes
 * for a while, or no. Immutable.
 *
 * <pre class="code">
 * return Decision.allow().recheckAfter(Duration.ofMinutes(5));
 * </pre>
 *
 * @since 0.1.0
 */
public final class Decision {

	private static final Decision ALLOW = new Decision(true, null);

	private static final Decision DENY = new Decision(false, null);

	private final boolean allowed;

	private final @Nullable Duration recheckAfter;

	private Decision(boolean allowed, @Nullable Duration recheckAfter) {
		this.allowed = allowed;
		this.recheckAfter = recheckAfter;
	}

	/**
	 * The user may subscribe.
	 * @return a decision that holds until somebody asks for another
	 */
	public static Decision allow() {
		return ALLOW;
	}

	/**
	 * The user may not subscribe, or no longer be subscribed.
	 * @return the decision
	 */
	public static Decision deny() {
		return DENY;
	}

	/**
	 * The same, as the rules know it.
	 * @param allowed whether the user may subscribe
	 * @return {@link #allow()} or {@link #deny()}
	 */
	public static Decision of(boolean allowed) {
		return allowed ? ALLOW : DENY;
	}

	/**
	 * Lets the rule run again after a while, as the same user. If it says no then, the
	 * subscription ends with {@code revoked}. A denial stays a denial.
	 * @param validity how long the decision holds, to about a second
	 * @return a decision with this validity
	 */
	public Decision recheckAfter(Duration validity) {
		if (validity.isZero() || validity.isNegative()) {
			throw new IllegalArgumentException("A decision holds for a positive time, not for " + validity);
		}
		return this.allowed ? new Decision(true, validity) : this;
	}

	/**
	 * Whether the user may subscribe.
	 * @return {@code false} for a denial
	 */
	public boolean isAllowed() {
		return this.allowed;
	}

	/**
	 * How long the decision holds.
	 * @return the time, or {@code null} if it holds until somebody asks for another
	 */
	public @Nullable Duration validity() {
		return this.recheckAfter;
	}

	@Override
	public String toString() {
		return this.allowed ? "allow" + ((this.recheckAfter != null) ? ", recheck after " + this.recheckAfter : "")
				: "deny";
	}

}
