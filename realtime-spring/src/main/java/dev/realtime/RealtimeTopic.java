package dev.realtime;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;

/**
 * Declares a topic: a kind of notification with a name and a rule that says who may
 * subscribe. Annotated classes are found in the packages of the application, as entities
 * are. A class with a {@link CanSubscribe} method becomes a bean, so that its constructor
 * may take other beans; a record is the payload itself and is published with
 * {@link Realtime#publish(Object)}.
 *
 * <pre>{@code
 * &#64;RealtimeTopic("contact.updated")
 * class ContactUpdatedTopic {
 *

 *     &#64;CanSubscribe
 *     boolean canSubscribe(Authentication user) { ... }
 * }
 *
 *
&#64;RealtimeTopic(name = "contact.updated", key = "id", canSubscribe = "isAuthenticated()")
 * record ContactUpdated(long id, long updatedBy) { }
 * }</pre>
 *
 * Exactly one rule per topic, or the application does not start.
 *
 * @since 0.1.0
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface RealtimeTopic {

	/**
	 * The name: segments of letters, digits, {@code _}, {@code :} and {@code -}, joined
	 * by dots. A whole segment may be a variable: {@code document.{id}} is one channel
	 * per document. By default the name of the class without {@code Topic}, dotted and in
	 * lower case: {@code ContactUpdatedTopic} is {@code contact.updated}.
	 * @return the name
	 */
	@AliasFor("value")
	String name() default "";

	/**
	 * The name, see {@link #name()}.
	 * @return the name
	 */
	@AliasFor("name")
	String value() default "";

	/**
	 * The rule as a Spring Security expression, such as {@code hasRole('ADMIN')}, instead
	 * of a {@link CanSubscribe} method. May use {@code #filter}, {@code #tenant} and the
	 * variables of the name, for example {@code @documents.visible(#id)}.
	 * @return an expression, or nothing
	 */
	String canSubscribe() default "";

	/**
	 * The attributes of the payload that identify what a message is about. Last-message
	 * replay is then exact for every filter that contains all of them, however many
	 * messages about other keys came since. A payload without them can not be published.
	 * @return names of attributes
	 */
	String[] key() default {};

	/**
	 * How much of the past is kept. By default what {@code realtime.history.*} says.
	 * @return the bounds
	 */
	History history() default @History;

	/**
	 * Who shares a channel of this topic.
	 * @return the scope
	 */
	Scope scope() default Scope.TENANT;

	/**
	 * What a new subscription gets at once, where the client does not say otherwise.
	 * @return the default of the topic
	 */
	Replay replay() default Replay.LAST;

	/**
	 * What becomes of a subscriber that does not read fast enough.
	 * @return the policy
	 */
	Overflow overflow() default Overflow.DISCONNECT;

	/**
	 * Whether subscribers can see who else is there. What they see of a member besides
	 * its name says a {@link PresenceInfo} method, and who may see whom a
	 * {@link PresenceVisible} method.
	 * @return the mode
	 */
	Presence presence() default Presence.NONE;

}
