package dev.realtime.presence;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.realtime.PresenceStatus;
import dev.realtime.core.ChannelId;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What nodes tell each other, as JSON.
 *
 * @param node who says it
 * @param kind what it is
 * @param sequence how many diffs the node has sent
 * @param part with a state: which part of it, from zero on
 * @param last with a state: whether it is the last part
 * @param to with a request: who is asked, or {@code null} if all are
 * @param changes the sessions that came, changed or went
 */
record NodeMessage(String node, Kind kind, long sequence, int part, boolean last, @Nullable String to,
		List<Change> changes) {

	private static final int VERSION = 1;

	/** Around what members and topics say, which may be as deep as a parser takes. */
	private static final int MAX_DEPTH = 2 * StreamReadConstraints.DEFAULT_MAX_DEPTH;

	private static final JsonMapper MAPPER = JsonMapper
		.builder(JsonFactory.builder()
			.streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
			.build())
		// All nodes are to show the same digits.
		.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
		.build();

	static NodeMessage of(String node, Kind kind, long sequence) {
		return new NodeMessage(node, kind, sequence, 0, true, null, List.of());
	}

	static NodeMessage diff(String node, long sequence, List<Change> changes) {
		return new NodeMessage(node, Kind.DIFF, sequence, 0, true, null, changes);
	}

	static NodeMessage request(String node, long sequence, @Nullable String to) {
		return new NodeMessage(node, Kind.REQUEST, sequence, 0, true, to, List.of());
	}

	byte[] toJson() {
		// Not straight to bytes: half a surrogate pair would be an error there.
		StringWriter text = new StringWriter(512);
		try (JsonGenerator json = MAPPER.createGenerator(text)) {
			json.writeStartObject();
			json.writeNumberProperty("v", VERSION);
			json.writeStringProperty("node", this.node);
			json.writeStringProperty("kind", this.kind.name().toLowerCase(Locale.ROOT));
			json.writeNumberProperty("seq", this.sequence);
			if (this.kind == Kind.STATE) {
				json.writeNumberProperty("part", this.part);
				json.writeBooleanProperty("last", this.last);
			}
			if (this.to != null) {
				json.writeStringProperty("to", this.to);
			}
			if (!this.changes.isEmpty()) {
				json.writeName("sessions");
				json.writeStartArray();
				this.changes.forEach((change) -> change.write(json));
				json.writeEndArray();
			}
			json.writeEndObject();
		}
		return text.toString().getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Reads a message.
	 * @return the message, or {@code null} if it is not of this version
	 */
	static @Nullable NodeMessage parse(byte[] bytes) {
		try {
			JsonNode json = MAPPER.readTree(bytes);
			if (json.path("v").asInt(0) != VERSION) {
				return null;
			}
			List<Change> changes = new ArrayList<>();
			for (JsonNode change : json.path("sessions")) {
				changes.add(Change.read(change));
			}
			return new NodeMessage(json.required("node").asString(),
					Kind.valueOf(json.required("kind").asString().toUpperCase(Locale.ROOT)),
					json.required("seq").asLong(), json.path("part").asInt(0), json.path("last").asBoolean(true),
					text(json.path("to")), changes);
		}
		catch (JacksonException | IllegalArgumentException ex) {
			return null;
		}
	}

	private static @Nullable String text(JsonNode json) {
		return (json.isMissingNode() || json.isNull()) ? null : json.asString();
	}

	private static @Nullable String raw(JsonNode json) {
		return (json.isMissingNode() || json.isNull()) ? null : json.toString();
	}

	/**
	 * What a message is.
	 */
	enum Kind {

		/** Some sessions came, changed or went. */
		DIFF,

		/** All sessions of the node, in parts. */
		STATE,

		/** The node is there. */
		BEAT,

		/** Others are to send their state. */
		REQUEST,

		/** The node goes, and its clients will be elsewhere in a moment. */
		BYE

	}

	/**
	 * What became of a session.
	 *
	 * @param id the id of the session, unique in its node
	 * @param session the session, or {@code null} if it is gone
	 * @param at when it went, in milliseconds since 1970
	 */
	record Change(String id, @Nullable Session session, long at) {

		/** Id, tenant, topic, user, since, joined, said, and more where there is more. */
		private static final int PLAIN = 7;

		/** More than it takes, besides what is variable. */
		private static final int OVERHEAD = 160;

		/**
		 * How many bytes it takes, at most.
		 */
		int size() {
			return (this.session == null) ? OVERHEAD
					: OVERHEAD + bytes(this.session.room().tenant()) + bytes(this.session.room().user())
							+ bytes(this.session.room().name()) + bytes(this.session.user())
							+ bytes(this.session.info()) + bytes(this.session.data());
		}

		/** A character may be written as six. */
		private static int bytes(@Nullable String text) {
			return (text != null) ? text.length() * 3 : 0;
		}

		private void write(JsonGenerator json) {
			json.writeStartArray();
			json.writeString(this.id);
			if (this.session == null) {
				json.writeNumber(this.at);
			}
			else {
				write(json, this.session);
			}
			json.writeEndArray();
		}

		private static void write(JsonGenerator json, Session session) {
			json.writeString(session.room().tenant());
			json.writeString(session.room().name());
			json.writeString(session.user());
			json.writeNumber(session.since());
			json.writeNumber(session.joined());
			json.writeNumber(session.said());
			boolean plain = session.info() == null && session.data() == null
					&& session.status() == PresenceStatus.ONLINE && session.room().user() == null
					&& session.described() == session.joined();
			if (!plain) {
				writeRaw(json, session.info());
				json.writeNumber(session.status().ordinal());
				writeRaw(json, session.data());
				json.writeString(session.room().user());
				json.writeNumber(session.described());
			}
		}

		private static void writeRaw(JsonGenerator json, @Nullable String value) {
			if (value != null) {
				json.writeRawValue(value);
			}
			else {
				json.writeNull();
			}
		}

		private static Change read(JsonNode json) {
			String id = json.required(0).asString();
			if (json.size() < PLAIN) {
				return new Change(id, null, json.required(1).asLong());
			}
			PresenceStatus[] statuses = PresenceStatus.values();
			int status = json.path(8).asInt(0);
			Session session = new Session(
					new ChannelId(text(json.required(1)), text(json.path(10)), json.required(2).asString()),
					json.required(3).asString(), raw(json.path(7)),
					(status >= 0 && status < statuses.length) ? statuses[status] : PresenceStatus.ONLINE,
					raw(json.path(9)), json.required(4).asLong(), json.required(5).asLong(),
					json.path(11).asLong(json.required(5).asLong()), json.required(6).asLong());
			return new Change(id, session, 0);
		}

	}

}
