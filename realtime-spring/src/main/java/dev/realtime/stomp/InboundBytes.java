package dev.realtime.stomp;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.messaging.Message;
import org.springframework.messaging.simp.stomp.BufferingStompDecoder;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.NativeMessageHeaderAccessor;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeTypeUtils;
import org.springframework.util.StringUtils;

/**
 * The bytes of one connection on their way to frames, with Spring's decoder. Where they
 * are split does not matter. Not thread-safe.
 */
final class InboundBytes {

	private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

	private static final Pattern NUMBERS = Pattern.compile("[0-9]{1,9},[0-9]{1,9}");

	private final BufferingStompDecoder decoder;

	private boolean carriageReturn;

	InboundBytes(BufferingStompDecoder decoder) {
		this.decoder = decoder;
	}

	/**
	 * Takes bytes in.
	 * @param bytes what came next; not kept, since containers use the buffer again
	 * @return the frames that are complete now
	 */
	List<Message<byte[]>> decode(ByteBuffer bytes) {
		ByteBuffer next = ByteBuffer.allocate(bytes.remaining() + 1);
		if (this.carriageReturn && bytes.hasRemaining()) {
			next.put((byte) '\r');
			this.carriageReturn = false;
		}
		next.put(bytes.duplicate()).flip();
		if (next.hasRemaining() && next.get(next.limit() - 1) == '\r') {
			// Spring's decoder can not stop between CR and LF.
			this.carriageReturn = true;
			next.limit(next.limit() - 1);
		}
		return next.hasRemaining() ? this.decoder.decode(next) : List.of();
	}

	/**
	 * Whether a part of a frame is left.
	 */
	boolean isPartial() {
		return this.carriageReturn || this.decoder.getBufferSize() > 0;
	}

	/**
	 * Whether headers have a value that Spring's decoder tolerates and we do not: lengths
	 * and intervals that are no numbers, types that are none, and NUL, which STOMP can
	 * not escape, so that receivers which split at NUL would see two frames.
	 */
	static boolean isMalformed(StompHeaderAccessor frame) {
		return breaks(NUMBER, frame.getFirstNativeHeader(StompHeaderAccessor.STOMP_CONTENT_LENGTH_HEADER))
				|| breaks(NUMBERS, frame.getFirstNativeHeader(StompHeaderAccessor.STOMP_HEARTBEAT_HEADER))
				|| isNoType(frame.getFirstNativeHeader(StompHeaderAccessor.STOMP_CONTENT_TYPE_HEADER))
				|| hasNul(frame.getHeader(NativeMessageHeaderAccessor.NATIVE_HEADERS));
	}

	private static boolean breaks(Pattern pattern, @Nullable String value) {
		return value != null && !pattern.matcher(value).matches();
	}

	private static boolean isNoType(@Nullable String value) {
		try {
			// As Spring does, which ignores an empty one.
			return StringUtils.hasText(value) && MimeTypeUtils.parseMimeType(value) == null;
		}
		catch (InvalidMimeTypeException ex) {
			return true;
		}
	}

	private static boolean hasNul(@Nullable Object headers) {
		return headers instanceof Map<?, ?> map && map.entrySet()
			.stream()
			.anyMatch((header) -> isWithNul(header.getKey())
					|| ((List<?>) header.getValue()).stream().anyMatch(InboundBytes::isWithNul));
	}

	private static boolean isWithNul(@Nullable Object text) {
		return text instanceof String string && string.indexOf('\0') >= 0;
	}

}
