package dev.realtime.presence;

import java.util.List;

import dev.realtime.ChannelPresence;
import dev.realtime.PresenceMember;
import dev.realtime.core.ChannelId;

/**
 * A room as the application sees it.
 *
 * @param hub who is asked
 * @param room the room
 */
record RoomPresence(PresenceHub hub, ChannelId room) implements ChannelPresence {

	@Override
	public List<PresenceMember> members() {
		return this.hub.members(this.room, 0, Integer.MAX_VALUE);
	}

	@Override
	public int count() {
		return this.hub.ask(this.room, Room::size, 0);
	}

	@Override
	public boolean contains(String user) {
		return this.hub.ask(this.room, (room) -> room.contains(user), false);
	}

}
