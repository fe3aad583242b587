package dev.realtime.access;

import dev.realtime.core.SubscribeOutcome;
import org.jspecify.annotations.Nullable;

/**
 * What became of the wish to subscribe.
 *
 * @param verdict what the right says
 * @param outcome what the engine says, where the right says yes
 * @since 0.1.0
 */
public record Admission(Verdict verdict, @Nullable SubscribeOutcome outcome) {

	static final Admission DENIED = new Admission(Verdict.DENIED, null);

	static final Admission TIMED_OUT = new Admission(Verdict.TIMED_OUT, null);

	/**
	 * What a right says.
	 */
	public enum Verdict {

		/** The user may subscribe. */
		ALLOWED,

		/** The user may not subscribe. */
		DENIED,

		/** There was no answer in time, which the client was told then. */
		TIMED_OUT

	}

}
