package dev.realtime;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Publishes an application event to a topic, without anybody calling {@link Realtime}.
 * <p>
 * It goes out after commit, as if the one who published the event had called
 * {@link Realtime#to(String, Object...)}: an event that can not be published, since a
 * variable has no value or nobody knows the tenant, throws at once. With Spring
 * Modulith's event publication registry a publication that did not get out is made up
 * for.
 *
 * <pre>{@code
 * &#64;PublishesTo("contact.{id}")
 * record ContactRenamed(long id, String name) { }
 * }</pre>
 *
 * The expressions are SpEL, with the event as their root.
 *
 * @since 0.1.0
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@Repeatable(PublishesTo.Several.class)
public @interface PublishesTo {

	/**
	 * The name of a declared topic. Variables are the names of properties of the event,
	 * whatever the topic itself calls them: an event with a {@code contactId} goes to
	 * {@code contact.{contactId}}.
	 * @return the name
	 */
	String value();

	/**
	 * What happened, for clients that tell several events of one topic apart.
	 * @return a text of at most 128 characters, or nothing
	 */
	String event() default "";

	/**
	 * The payload, such as {@code {id: id}}. By default the event itself, so that
	 * everybody who may subscribe sees all of it.
	 * @return an expression, or nothing
	 */
	String data() default "";

	/**
	 * The tenant, such as {@code tenantId}. By default that of the current user. Needed
	 * with an event publication registry where a tenant is required: nobody is logged in
	 * when an event is published again.
	 * @return an expression, or nothing
	 */
	String tenant() default "";

	/**
	 * The name of the user whose channel it goes to, for topics of {@link Scope#USER}. By
	 * default the current user.
	 * @return an expression, or nothing
	 */
	String user() default "";

	/**
	 * Several topics for one event.
	 */
	@Target(ElementType.TYPE)
	@Retention(RetentionPolicy.RUNTIME)
	@Documented
	@Inherited
	@interface Several {

		/**
		 * The topics.
		 * @return one for each
		 */
		PublishesTo[] value();

	}

}
