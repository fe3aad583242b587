package dev.realtime.json;

import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

import dev.realtime.core.AttributeValues;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Payloads as JSON: written once, by the application's mapper, and read for the
 * attributes that filters see.
 *
 * @since 0.1.0
 */
public final class JsonPayloads {

	/**
	 * What browsers read, whatever the application's mapper lets through besides.
	 */
	private static final JsonFactory STRICT = new JsonFactory();

	private static final byte[] EMPTY = { '{', '}' };

	private final JsonMapper mapper;

	private final int maxSize;

	/**
	 * Payloads of the application.
	 * @param mapper the application's mapper
	 * @param maxSize the most bytes a payload may have
	 */
	public JsonPayloads(JsonMapper mapper, int maxSize) {
		this.mapper = mapper;
		this.maxSize = maxSize;
	}

	/**
	 * Writes a payload.
	 * @param topic the name of the topic, for the error
	 * @param data the payload
	 * @return the payload as JSON in UTF-8
	 * @throws IllegalArgumentException if it does not serialise or is too large
	 */
	public byte[] write(String topic, Object data) {
		byte[] json;
		try {
			json = this.mapper.writeValueAsBytes(data);
		}
		catch (JacksonException ex) {
			throw new IllegalArgumentException("The payload for topic '" + topic + "' (" + data.getClass().getName()
					+ ") does not serialise: " + ex.getOriginalMessage(), ex);
		}
		if (json.length > this.maxSize) {
			throw new IllegalArgumentException("The payload for topic '" + topic + "' has " + json.length
					+ " bytes, more than the " + this.maxSize + " of realtime.limits.payload-size. "
					+ "Messages are hints: publish an id and let clients fetch the rest");
		}
		return json;
	}

	/**
	 * Checks what a client wrote.
	 * @param body the bytes
	 * @return a payload as JSON in UTF-8, an empty object if there was nothing
	 * @throws IllegalArgumentException if it is not exactly one value, or too large; the
	 * message is for the client
	 */
	public byte[] check(byte[] body) {
		if (body.length == 0) {
			return EMPTY.clone();
		}
		if (body.length > this.maxSize) {
			throw new IllegalArgumentException(
					"The body has " + body.length + " bytes, more than the " + this.maxSize + " that are allowed");
		}
		// Not from bytes: Jackson would take other encodings than UTF-8 too.
		try (JsonParser parser = STRICT.createParser(ObjectReadContext.empty(), text(body))) {
			if (parser.nextToken() != null && parser.skipChildren().nextToken() == null) {
				return body;
			}
		}
		catch (JacksonException | CharacterCodingException ex) {
			// Said below.
		}
		throw new IllegalArgumentException("The body is not one JSON value in UTF-8");
	}

	private static String text(byte[] utf8) throws CharacterCodingException {
		return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
	}

	/**
	 * Binds a payload to a type, as the application's mapper does.
	 * @param json a payload
	 * @param type the type
	 * @return the value
	 * @throws JacksonException if it does not fit
	 */
	public @Nullable Object read(byte[] json, Type type) {
		return this.mapper.readValue(json, this.mapper.constructType(type));
	}

	/**
	 * Reads the scalar attributes of the top level.
	 * @param json a payload
	 * @return the attributes in the form of {@link AttributeValues}, empty if the payload
	 * is no object
	 * @throws IllegalArgumentException if it can not be read
	 */
	public Map<String, @Nullable Object> attributes(byte[] json) {
		try (JsonParser parser = this.mapper.createParser(json)) {
			if (parser.nextToken() != JsonToken.START_OBJECT) {
				return Map.of();
			}
			Map<String, @Nullable Object> attributes = new HashMap<>();
			while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
				String name = parser.currentName();
				if (parser.nextToken().isScalarValue()) {
					JsonScalars.read(parser).ifPresent((scalar) -> attributes.put(name, scalar.value()));
				}
				else {
					parser.skipChildren();
				}
			}
			return Collections.unmodifiableMap(attributes);
		}
		catch (JacksonException ex) {
			// Limits for readers that writers do not have, or raw values.
			throw new IllegalArgumentException("The payload is not JSON that can be read: " + ex.getOriginalMessage(),
					ex);
		}
	}

}
