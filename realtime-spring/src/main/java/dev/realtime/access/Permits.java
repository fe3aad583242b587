package dev.realtime.access;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

import dev.realtime.Decision;
import org.jspecify.annotations.Nullable;

/**
 * Answers to rights that a connection needs often, such as for every event it sends.
 * Thread-safe.
 */
final class Permits {

	/** How long an answer is believed that says nothing about it. */
	private static final Duration VALIDITY = Duration.ofSeconds(30);

	/**
	 * Channels whose answer is known; beyond it the one that was not used longest goes.
	 */
	private static final int MAX_ANSWERS = 128;

	private final LongSupplier now;

	/** The one that was used last comes last. */
	private final Map<String, Answer> answers = new LinkedHashMap<>(16, 0.75f, true);

	private long orders;

	Permits(LongSupplier now) {
		this.now = now;
	}

	/**
	 * Whether a right holds. Asks it if that is not known, and blocks meanwhile.
	 */
	boolean ask(Right right, Member member) {
		while (true) {
			long asOf;
			synchronized (this) {
				Answer known = this.answers.get(right.topic());
				if (known != null && this.now.getAsLong() < known.due) {
					return known.allowed;
				}
				asOf = this.orders;
			}
			Decision decision = right.check(member.user(), member.tenant());
			if (remember(right, decision, asOf)) {
				return decision.isAllowed();
			}
		}
	}

	/**
	 * Keeps an answer.
	 * @return {@code false} if it is out of date already
	 */
	private synchronized boolean remember(Right right, Decision decision, long asOf) {
		if (this.orders != asOf) {
			return false;
		}
		this.answers.put(right.topic(),
				new Answer(decision.isAllowed(), this.now.getAsLong() + validity(decision.validity()).toNanos()));
		if (this.answers.size() > MAX_ANSWERS) {
			this.answers.remove(this.answers.keySet().iterator().next());
		}
		return true;
	}

	private static Duration validity(@Nullable Duration wanted) {
		return (wanted != null && wanted.compareTo(VALIDITY) < 0) ? wanted : VALIDITY;
	}

	/**
	 * Has rights asked again when they are needed.
	 */
	synchronized void forget(TopicPattern topics) {
		this.orders++;
		this.answers.keySet().removeIf(topics::matches);
	}

	/**
	 * An answer, and until when it is believed.
	 */
	private record Answer(boolean allowed, long due) {

	}

}
