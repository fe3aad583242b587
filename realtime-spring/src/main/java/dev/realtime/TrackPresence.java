package dev.realtime;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a handler method of Spring MVC: who is logged in and asks it successfully is a
 * member of a topic for the next minute ({@code realtime.presence.http-ttl}), without any
 * connection. The rule of the topic is not asked, since the method answered.
 *
 * <pre>{@code
 * &#64;GetMapping("/contacts/{id}")
 * &#64;TrackPresence("contact.{id}")
 * String contact(@PathVariable long id) { ... }
 * }</pre>
 *
 * @since 0.1.0
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface TrackPresence {

	/**
	 * The name of a topic with {@link RealtimeTopic#presence presence}, with variables of
	 * the path in it.
	 * @return the name
	 */
	String value();

}
