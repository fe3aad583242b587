package dev.realtime.presence;

import dev.realtime.PresenceStatus;
import dev.realtime.core.ChannelId;
import org.jspecify.annotations.Nullable;

/**
 * One connection in one room.
 *
 * @param room the room, always of a tenant
 * @param user the id of the member
 * @param info what the topic says about the user, a JSON object
 * @param status what the session said about itself
 * @param data what the session said about itself, as JSON
 * @param since when the member came, in milliseconds since 1970
 * @param joined when this session came, likewise
 * @param described orders what the topic says for the sessions of a member: the newest
 * wins. When this session came, if nothing else was said since
 * @param said orders what the sessions of a member say: the newest wins. Zero if this one
 * said nothing
 */
record Session(ChannelId room, String user, @Nullable String info, PresenceStatus status, @Nullable String data,
		long since, long joined, long described, long said) {

	Session saying(PresenceStatus status, @Nullable String data, long said) {
		return new Session(this.room, this.user, this.info, status, data, this.since, this.joined, this.described,
				said);
	}

	Session describedAs(@Nullable String info, long described) {
		return new Session(this.room, this.user, info, this.status, this.data, this.since, this.joined, described,
				this.said);
	}

	boolean isSameMember(Session other) {
		return this.room.equals(other.room) && this.user.equals(other.user);
	}

}
