package dev.realtime;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How much of the past a topic keeps, per channel.
 *
 * @since 0.1.0
 * @see RealtimeTopic#history()
 */
@Target({})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface History {

	/**
	 * The number of publications. Zero keeps none; below zero means
	 * {@code realtime.history.size}.
	 * @return the number of publications
	 */
	int size() default -1;

	/**
	 * How long a publication is kept, such as {@code 10m}. Empty means
	 * {@code realtime.history.ttl}.
	 * @return a duration, or nothing
	 */
	String ttl() default "";

}
