package dev.realtime.token;

import dev.realtime.Presence;
import org.jspecify.annotations.Nullable;

/**
 * What a node without topics has to know about presence.
 *
 * @param mode what subscribers can see
 * @param restricted whether not everybody may see everybody, which such a node can not
 * tell
 * @param info what others see of the user, a JSON object
 * @since 0.1.0
 */
public record PresenceGrant(Presence mode, boolean restricted, @Nullable String info) {

	/**
	 * Of topics without presence.
	 */
	public static final PresenceGrant NONE = new PresenceGrant(Presence.NONE, false, null);

}
