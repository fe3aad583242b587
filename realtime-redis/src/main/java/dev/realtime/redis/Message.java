package dev.realtime.redis;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.realtime.StreamPosition;
import dev.realtime.core.AttributeValues;
import dev.realtime.core.Ephemeral;
import dev.realtime.core.Publication;
import dev.realtime.core.PublicationRequest;
import dev.realtime.core.Sender;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A publication, or something ephemeral, as it is on Redis, see {@code docs/redis.md}: a
 * head, which the script writes, and a body, which the publisher does. The body is a line
 * with a JSON object and a signature, then the payload.
 *
 * @param publication what nodes hand on
 * @param origin which publisher's it is, and its how manieth
 * @param ephemeral whether it only passes by: then its position is none
 * @param toUser whom it is for, or {@code null} if it is for all
 */
record Message(Publication publication, String origin, boolean ephemeral, @Nullable String toUser) {

	private static final String VERSION = "1";

	/** More than the first line and the signature take. */
	private static final int MAX_HEAD = 256;

	private static final String EVENT = "event";

	private static final String EXCEPT = "except";

	private static final String SENDER = "sender";

	private static final String USER = "user";

	private static final String CONNECTION = "connection";

	/** Signed, so that nobody can take the one for the other. */
	private static final String EPHEMERAL = "ephemeral";

	private static final String TO_USER = "toUser";

	/** What the position of something ephemeral begins with. */
	private static final char EPHEMERAL_MARK = '~';

	private static final String ATTRIBUTES = "attributes";

	/** Far more than any hint, and not enough to fill a memory. */
	private static final int MAX_LENGTH = 16 * 1024 * 1024;

	private static final JsonFactory JSON = new JsonFactory();

	static byte[] body(PublicationRequest request, RedisChannel channel, Signatures signatures) {
		byte[] header = header(request.event(), request.except(), request.sender(), request.attributes(), (json) -> {
		});
		return body("", header, request.data(), channel, signatures);
	}

	/**
	 * All of what is ephemeral: no script has to do with it.
	 */
	static byte[] ephemeral(Ephemeral ephemeral, RedisChannel channel, Signatures signatures) {
		Publication publication = ephemeral.publication();
		byte[] header = header(publication.event(), publication.except(), publication.sender(),
				publication.attributes(), (json) -> {
					json.writeBooleanProperty(EPHEMERAL, true);
					if (ephemeral.toUser() != null) {
						json.writeStringProperty(TO_USER, ephemeral.toUser());
					}
				});
		String head = VERSION + ' ' + EPHEMERAL_MARK + publication.position() + ' ' + publication.timestamp() + " -\n";
		return body(head, header, publication.data(), channel, signatures);
	}

	private static byte[] body(String head, byte[] header, byte[] data, RedisChannel channel, Signatures signatures) {
		byte[] signature = signatures.isRequired() ? signatures.sign(channel, header, data) : null;
		int length = head.length() + header.length + data.length + MAX_HEAD;
		if (length > MAX_LENGTH) {
			throw new IllegalArgumentException("A publication of " + length + " bytes is too large for Redis");
		}
		ByteArrayOutputStream body = new ByteArrayOutputStream(length);
		body.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
		body.writeBytes(header);
		if (signature != null) {
			body.write(' ');
			body.writeBytes(signature);
		}
		body.write('\n');
		body.writeBytes(data);
		return body.toByteArray();
	}

	private static byte[] header(@Nullable String event, @Nullable String except, @Nullable Sender sender,
			Map<String, @Nullable Object> attributes, Consumer<JsonGenerator> more) {
		ByteArrayOutputStream header = new ByteArrayOutputStream(128);
		try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), header)) {
			json.writeStartObject();
			more.accept(json);
			if (event != null) {
				json.writeStringProperty(EVENT, event);
			}
			if (except != null) {
				json.writeStringProperty(EXCEPT, except);
			}
			if (sender != null) {
				json.writeObjectPropertyStart(SENDER);
				json.writeStringProperty(USER, sender.user());
				json.writeStringProperty(CONNECTION, sender.connection());
				json.writeEndObject();
			}
			if (!attributes.isEmpty()) {
				json.writeObjectPropertyStart(ATTRIBUTES);
				attributes.forEach((name, value) -> write(json.writeName(name), value));
				json.writeEndObject();
			}
			json.writeEndObject();
		}
		return header.toByteArray();
	}

	/**
	 * The field of a key: a JSON array.
	 */
	static byte[] key(List<@Nullable Object> key) {
		ByteArrayOutputStream field = new ByteArrayOutputStream();
		try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), field)) {
			json.writeStartArray();
			key.forEach((value) -> write(json, value));
			json.writeEndArray();
		}
		return field.toByteArray();
	}

	private static void write(JsonGenerator json, @Nullable Object value) {
		if (value instanceof String string) {
			json.writeString(string);
		}
		else if (value instanceof Long number) {
			json.writeNumber(number);
		}
		else if (value instanceof BigDecimal number) {
			json.writeNumber(number);
		}
		else if (value instanceof Boolean bool) {
			json.writeBoolean(bool);
		}
		else if (value == null) {
			json.writeNull();
		}
		else {
			throw new IllegalArgumentException("Not the value of an attribute: " + value.getClass().getName());
		}
	}

	/**
	 * Reads what is in the stream.
	 * @throws IllegalArgumentException if somebody else wrote it, in another form or
	 * without a signature
	 */
	static Message parse(byte[] bytes, RedisChannel channel, Signatures signatures) {
		Message message = parseDelivered(bytes, channel, signatures);
		if (message.ephemeral()) {
			throw new IllegalArgumentException("It has no position");
		}
		return message;
	}

	/**
	 * Reads what is delivered, which may be ephemeral.
	 * @throws IllegalArgumentException if somebody else wrote it, in another form or
	 * without a signature
	 */
	static Message parseDelivered(byte[] bytes, RedisChannel channel, Signatures signatures) {
		if (bytes.length > MAX_LENGTH) {
			throw new IllegalArgumentException("It is too large");
		}
		int head = lineEnd(bytes, 0);
		int header = lineEnd(bytes, head + 1);
		int headerEnd = headerEnd(bytes, head + 1, header);
		if (signatures.isRequired() && !signatures.verify(channel, bytes, head + 1, headerEnd - head - 1, header + 1,
				Arrays.copyOfRange(bytes, Math.min(headerEnd + 1, header), header))) {
			throw new IllegalArgumentException("It is not signed with realtime.token.secret for this channel");
		}
		String[] words = new String(bytes, 0, head, StandardCharsets.UTF_8).split(" ", -1);
		if (words.length != 4 || !words[0].equals(VERSION)) {
			throw new IllegalArgumentException("Not a message of version " + VERSION);
		}
		Header read = header(bytes, head + 1, headerEnd - head - 1);
		boolean ephemeral = words[1].indexOf(EPHEMERAL_MARK) == 0;
		if (ephemeral != read.ephemeral) {
			throw new IllegalArgumentException("Its two lines contradict each other");
		}
		StreamPosition position = StreamPosition.parse(ephemeral ? words[1].substring(1) : words[1]);
		return new Message(new Publication(position, Long.parseLong(words[2]), read.event,
				Arrays.copyOfRange(bytes, header + 1, bytes.length), read.attributes, read.except, read.sender()),
				words[3], ephemeral, read.toUser);
	}

	private static int lineEnd(byte[] bytes, int from) {
		for (int i = from; i < bytes.length; i++) {
			if (bytes[i] == '\n') {
				return i;
			}
		}
		throw new IllegalArgumentException("A message has two lines before its payload");
	}

	/**
	 * Where the JSON object ends: at the end of the line, or before a space and the
	 * signature.
	 */
	private static int headerEnd(byte[] bytes, int from, int lineEnd) {
		for (int i = lineEnd - 1; i > from && bytes[i] != '}'; i--) {
			if (bytes[i] == ' ') {
				return i;
			}
		}
		return lineEnd;
	}

	private static Header header(byte[] bytes, int offset, int length) {
		Header header = new Header();
		try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), bytes, offset, length)) {
			require(json.nextToken() == JsonToken.START_OBJECT);
			for (String name = json.nextName(); name != null; name = json.nextName()) {
				json.nextToken();
				header.read(name, json);
			}
			require(json.currentToken() == JsonToken.END_OBJECT);
			return header;
		}
		catch (JacksonException | ArithmeticException ex) {
			throw new IllegalArgumentException("The second line of a message is a JSON object", ex);
		}
	}

	private static void require(boolean wellFormed) {
		if (!wellFormed) {
			throw new IllegalArgumentException("The second line of a message is a JSON object");
		}
	}

	/**
	 * What the second line says.
	 */
	private static final class Header {

		private Map<String, @Nullable Object> attributes = Map.of();

		private @Nullable String event;

		private @Nullable String except;

		private @Nullable String senderUser;

		private @Nullable String senderConnection;

		private boolean ephemeral;

		private @Nullable String toUser;

		private void read(String name, JsonParser json) {
			switch (name) {
				case EVENT -> this.event = json.getString();
				case EXCEPT -> this.except = json.getString();
				case SENDER -> readSender(json);
				case EPHEMERAL -> this.ephemeral = json.currentToken() == JsonToken.VALUE_TRUE;
				case TO_USER -> this.toUser = json.getString();
				case ATTRIBUTES -> this.attributes = attributes(json);
				default -> json.skipChildren();
			}
		}

		private void readSender(JsonParser json) {
			require(json.currentToken() == JsonToken.START_OBJECT);
			for (String name = json.nextName(); name != null; name = json.nextName()) {
				json.nextToken();
				switch (name) {
					case USER -> this.senderUser = json.getString();
					case CONNECTION -> this.senderConnection = json.getString();
					default -> json.skipChildren();
				}
			}
		}

		private @Nullable Sender sender() {
			return (this.senderUser != null && this.senderConnection != null)
					? new Sender(this.senderUser, this.senderConnection) : null;
		}

		private static Map<String, @Nullable Object> attributes(JsonParser json) {
			require(json.currentToken() == JsonToken.START_OBJECT);
			Map<String, @Nullable Object> attributes = new LinkedHashMap<>();
			for (String name = json.nextName(); name != null; name = json.nextName()) {
				json.nextToken();
				attributes.put(name, value(json));
			}
			return attributes;
		}

		private static @Nullable Object value(JsonParser json) {
			return switch (json.currentToken()) {
				case VALUE_STRING -> json.getString();
				case VALUE_TRUE -> true;
				case VALUE_FALSE -> false;
				case VALUE_NULL -> null;
				case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
					AttributeValues.canonical(new BigDecimal(json.getString()));
				default -> throw new IllegalArgumentException("Attributes are strings, numbers, booleans or null");
			};
		}

	}

}
