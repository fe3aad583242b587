package dev.realtime;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The {@code boolean} method of a topic that says whether somebody may see a member. It
 * runs as the viewer, for every viewer and every member that came or changed, so it is
 * for rooms of some hundred at most; who may not see anybody is told the number of those
 * it may see. An exception is a no and is logged. Members always see themselves.
 * <p>
 * It runs again for all members when the rule of the viewer does, such as after
 * {@link Access#recheck}.
 * <p>
 * Parameters, in any order: {@link PresenceMember}, and of the viewer what
 * {@link PresenceInfo} methods take.
 * <p>
 * Those who subscribed with a token see counts only: on relays nobody can ask this.
 *
 * @since 0.1.0
 * @see RealtimeTopic#presence()
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface PresenceVisible {

}
