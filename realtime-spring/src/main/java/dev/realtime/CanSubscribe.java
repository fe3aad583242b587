package dev.realtime;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The rule of a topic: a {@code boolean} method that says whether the current user may
 * subscribe. It runs as that user: {@code SecurityContextHolder} and method security work
 * inside. It may block. An exception is a denial and is logged.
 * <p>
 * It runs once per subscription, and again when {@link Access} asks for that, and after
 * the validity of its answer where that is a {@link Decision}. If it says no then, the
 * subscription ends.
 * <p>
 * Parameters, in any order: {@link TopicFilter} or {@code Map<String, Object>} (the
 * filter), {@link TopicVariable}, {@code Principal} or {@code Authentication},
 * {@code @AuthenticationPrincipal}, {@link Tenant}.
 *
 * @since 0.1.0
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface CanSubscribe {

}
