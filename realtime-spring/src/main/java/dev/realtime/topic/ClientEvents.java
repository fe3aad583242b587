package dev.realtime.topic;

import java.util.Map;

import dev.realtime.ClientEvent;
import dev.realtime.Decision;
import org.jspecify.annotations.Nullable;

/**
 * What clients may send to a topic, and what becomes of it. Immutable.
 *
 * @since 0.1.0
 */
public final class ClientEvents {

	private final SubscribeRule rule;

	private final boolean record;

	private final Map<String, ClientEventMethod> methods;

	ClientEvents(SubscribeRule rule, boolean record, Map<String, ClientEventMethod> methods) {
		this.rule = rule;
		this.record = record;
		this.methods = Map.copyOf(methods);
	}

	/**
	 * Asks who may send. Called with the sender's security context set.
	 */
	Decision decide(SubscribeAttempt attempt) throws Exception {
		return this.rule.decide(attempt);
	}

	/**
	 * Whether an event goes to the history.
	 * @param event the name of the event
	 * @return {@code false} if it only passes by
	 */
	public boolean isRecorded(String event) {
		ClientEventMethod method = this.methods.get(event);
		return this.record || (method != null && method.record());
	}

	/**
	 * Has the application look at an event. Called with the sender's security context
	 * set.
	 */
	Result handle(SubscribeAttempt attempt, ClientEvent event, byte[] body) throws Exception {
		ClientEventMethod method = this.methods.get(event.name());
		if (method == null) {
			return Result.AS_IT_IS;
		}
		Object answer = method.invoke(attempt, event, body);
		if (method.answersNothing()) {
			return Result.AS_IT_IS;
		}
		return (answer != null) ? new Result(true, answer) : Result.SWALLOWED;
	}

	/**
	 * What becomes of an event.
	 *
	 * @param delivered whether it goes on
	 * @param data what goes on instead of what the client wrote, or {@code null} if
	 * nothing does
	 */
	public record Result(boolean delivered, @Nullable Object data) {

		static final Result AS_IT_IS = new Result(true, null);

		static final Result SWALLOWED = new Result(false, null);

	}

}
