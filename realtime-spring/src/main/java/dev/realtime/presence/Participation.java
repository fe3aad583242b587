package dev.realtime.presence;

import java.util.function.Predicate;

import dev.realtime.PresenceMember;
import dev.realtime.core.ChannelId;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription has to do with presence.
 *
 * @param connection the id of the connection
 * @param room the channel, always of a tenant
 * @param user the id of the member
 * @param joins whether the user becomes a member
 * @param countOnly whether it hears how many there are, and not who
 * @param info what others see of the user, a JSON object
 * @param visibility whom the user may see, if not everybody; may block
 * @since 0.1.0
 */
public record Participation(String connection, ChannelId room, String user, boolean joins, boolean countOnly,
		@Nullable String info, @Nullable Predicate<PresenceMember> visibility) {

}
