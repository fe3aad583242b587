package dev.realtime;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;

/**
 * A method of a topic class that gets an event of a client before anybody else does, to
 * check, change or swallow it. It runs as the sender, after {@link CanPublish} said yes.
 * <p>
 * One parameter takes the body, bound by Jackson, and validated if it is annotated with
 * {@code @Valid}. Others, in any order: {@link ClientEvent}, {@link TopicVariable},
 * {@code Principal} or {@code Authentication}, {@code @AuthenticationPrincipal},
 * {@link Tenant}.
 * <p>
 * Where it answers nothing ({@code void}), the event goes on as the client wrote it. What
 * it answers goes on instead, and {@code null} is swallowed. A
 * {@link RejectedEventException} refuses the event.
 *
 * @since 0.1.0
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface OnClientEvent {

	/**
	 * The name of the event.
	 * @return at most 128 characters, that do not begin with {@code @}
	 */
	@AliasFor("name")
	String value() default "";

	/**
	 * The name of the event, see {@link #value()}.
	 * @return the name
	 */
	@AliasFor("value")
	String name() default "";

	/**
	 * Whether this event goes to the history of the channel, where {@link CanPublish}
	 * does not say so of all.
	 * @return {@code true} for an event that must not get lost
	 */
	boolean record() default false;

}
