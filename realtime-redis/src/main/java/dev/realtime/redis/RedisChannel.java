package dev.realtime.redis;

import java.nio.charset.StandardCharsets;

import dev.realtime.core.ChannelId;
import org.jspecify.annotations.Nullable;

/**
 * The names of a channel on Redis. All its keys have the same hash tag, so that they live
 * on the same node of a cluster.
 *
 * @param id the channel
 * @param name the pub/sub channel, and the beginning of all keys
 */
record RedisChannel(ChannelId id, String name) {

	private static final String UNRESERVED = "-._~";

	static RedisChannel of(String prefix, ChannelId id) {
		return new RedisChannel(id,
				prefix + ":{" + encode(id.tenant()) + ":" + encode(id.user()) + ":" + encode(id.name()) + "}");
	}

	/**
	 * All keys of the channel but those of its publishers.
	 */
	String[] keys() {
		return new String[] { this.name + ":meta", this.name + ":stream", this.name + ":keys", this.name + ":key-order",
				this.name + ":ids", this.name + ":id-order" };
	}

	String metaKey() {
		return this.name + ":meta";
	}

	String lastByKeyKey() {
		return this.name + ":keys";
	}

	String publisherKey(String node) {
		return this.name + ":publisher:" + node;
	}

	/**
	 * Percent-encodes as RFC 3986 does. Absent is empty, and empty is a lone percent
	 * sign.
	 */
	private static String encode(@Nullable String part) {
		if (part == null) {
			return "";
		}
		if (part.isEmpty()) {
			return "%";
		}
		StringBuilder encoded = new StringBuilder(part.length() + 16);
		part.codePoints().forEach((codePoint) -> encode(codePoint, encoded));
		return encoded.toString();
	}

	private static void encode(int codePoint, StringBuilder encoded) {
		if (isUnreserved(codePoint)) {
			encoded.append((char) codePoint);
		}
		else if (Character.getType(codePoint) == Character.SURROGATE) {
			// Half a character has no UTF-8 form.
			encoded.append(String.format("%%u%04X", codePoint));
		}
		else {
			for (byte octet : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
				encoded.append(String.format("%%%02X", octet));
			}
		}
	}

	private static boolean isUnreserved(int codePoint) {
		return (codePoint >= 'a' && codePoint <= 'z') || (codePoint >= 'A' && codePoint <= 'Z')
				|| (codePoint >= '0' && codePoint <= '9') || UNRESERVED.indexOf(codePoint) >= 0;
	}

}
