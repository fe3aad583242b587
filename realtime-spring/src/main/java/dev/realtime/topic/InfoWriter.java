package dev.realtime.topic;

import java.nio.charset.StandardCharsets;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes what others see of a member.
 *
 * @since 0.1.0
 */
public final class InfoWriter {

	private final JsonMapper mapper;

	private final int maxSize;

	/**
	 * A writer of the application.
	 * @param mapper the application's mapper
	 * @param maxSize the most bytes
	 */
	public InfoWriter(JsonMapper mapper, int maxSize) {
		this.mapper = mapper;
		this.maxSize = maxSize;
	}

	String write(Object info) {
		try {
			byte[] json = this.mapper.writeValueAsBytes(info);
			if (json.length > this.maxSize) {
				throw new IllegalStateException("What a @PresenceInfo method answered has " + json.length
						+ " bytes, more than the " + this.maxSize + " of realtime.presence.data-size. Say what "
						+ "everybody needs, such as a name, and let clients fetch the rest");
			}
			if (!this.mapper.readTree(json).isObject()) {
				throw new IllegalStateException("What a @PresenceInfo method answered (" + info.getClass().getName()
						+ ") is no JSON object. Answer a record or a map");
			}
			return new String(json, StandardCharsets.UTF_8);
		}
		catch (JacksonException ex) {
			throw new IllegalStateException("What a @PresenceInfo method answered (" + info.getClass().getName()
					+ ") does not serialise: " + ex.getOriginalMessage(), ex);
		}
	}

}
