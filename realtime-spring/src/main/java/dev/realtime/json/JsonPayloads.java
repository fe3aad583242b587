package dev.realtime.json;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

import dev.realtime.core.AttributeValues;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * Payloads as JSON: written once, by the application's mapper, and read for the
 * attributes that filters see.
 *
 * @since 0.1.0
 */
public final class JsonPayloads {

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
