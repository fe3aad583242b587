package dev.realtime;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says who may send events to a topic from a client: a method of the topic class that
 * answers {@code boolean} or a {@link Decision}. Without one nobody may. It runs as that
 * user, and may block; an exception is a denial and is logged.
 * <p>
 * The answer holds for the connection and the channel until the validity of a
 * {@link Decision} ends, {@link Access} withdraws it, or 30 seconds have passed.
 * <p>
 * Parameters as of {@link CanSubscribe}, but without the filter: {@link TopicVariable},
 * {@code Principal} or {@code Authentication}, {@code @AuthenticationPrincipal},
 * {@link Tenant}.
 *
 * @since 0.1.0
 * @see OnClientEvent
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface CanPublish {

	/**
	 * Whether all events go to the history of the channel, as publications do: they have
	 * a position, and are replayed and recovered. Otherwise they only pass by.
	 * @return {@code true} for events that must not get lost
	 */
	boolean record() default false;

}
