package dev.realtime.access;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Settings of live authorisation.
 *
 * @param recheckInterval how often the rules of all subscriptions run again, or
 * {@code null} for never
 * @param expiryGrace how long a connection outlives its authentication, so that the
 * client can send a fresh token
 * @param ruleTimeout how long a rule may take before it counts as a denial
 * @since 0.1.0
 */
public record AccessOptions(@Nullable Duration recheckInterval, Duration expiryGrace, Duration ruleTimeout) {

	public AccessOptions {
		if (recheckInterval != null && (recheckInterval.isNegative() || recheckInterval.isZero())) {
			throw new IllegalArgumentException("realtime.recheck-interval is positive, or not set at all");
		}
		if (expiryGrace.isNegative()) {
			throw new IllegalArgumentException("realtime.expiry-grace is not negative");
		}
		if (ruleTimeout.isNegative() || ruleTimeout.isZero()) {
			throw new IllegalArgumentException("realtime.limits.rule-timeout is positive");
		}
	}

}
