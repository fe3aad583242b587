package dev.realtime.access;

import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * An order from one node to all, as JSON.
 *
 * @param version the version of the format
 * @param node the node it comes from
 * @param action what to do
 * @param tenant whose, where it is about users
 * @param user who, or {@code null} for all of the tenant
 * @param topic which topic, or {@code null} for all
 * @param session the hashed id of an HTTP session
 * @param renamed the hashed new id of that session
 * @param given when it was given first, in milliseconds since the epoch, where it is
 * repeated: who came later stays
 */
record AccessCommand(int version, String node, AccessAction action, @Nullable String tenant, @Nullable String user,
		@Nullable String topic, @Nullable String session, @Nullable String renamed, @Nullable Long given) {

	static final int VERSION = 1;

	private static final JsonMapper MAPPER = JsonMapper.shared();

	/**
	 * The order to say again what ended connections.
	 */
	static AccessCommand repeat(String node) {
		return new AccessCommand(VERSION, node, AccessAction.REPEAT, null, null, null, null, null, null);
	}

	AccessCommand given(long millis) {
		return new AccessCommand(this.version, this.node, this.action, this.tenant, this.user, this.topic, this.session,
				this.renamed, millis);
	}

	byte[] toJson() {
		return MAPPER.writeValueAsBytes(this);
	}

	/**
	 * Reads a command.
	 * @return the command, or {@code null} if it is not for this version
	 */
	static @Nullable AccessCommand parse(byte[] json) {
		try {
			AccessCommand command = MAPPER.readValue(json, AccessCommand.class);
			return (command != null && command.isComplete()) ? command : null;
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	private boolean isComplete() {
		return this.version == VERSION && Stream.of(this.node, this.action).noneMatch(Objects::isNull)
				&& this.action.isComplete(this);
	}

}
