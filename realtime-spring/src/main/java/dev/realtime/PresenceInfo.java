package dev.realtime;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method of a topic that says what others see of a member besides the name of the
 * user: anything that Jackson turns into a JSON object, such as a record with name and
 * avatar. It runs once per subscription, after the rule, as the user who subscribes, and
 * may block. An exception is a denial and is logged.
 * <p>
 * It runs again whenever the rule does, such as after {@link Access#recheck}, and others
 * see what it says then. If it throws then, they go on seeing what it said before.
 * <p>
 * Parameters, in any order: {@link TopicVariable}, {@code Principal} or
 * {@code Authentication}, {@code @AuthenticationPrincipal}, {@link Tenant}.
 *
 * @since 0.1.0
 * @see RealtimeTopic#presence()
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface PresenceInfo {

}
