package dev.realtime.netty;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

import org.springframework.web.socket.WebSocketMessage;

/**
 * WebSocket messages as buffers that start with their WebSocket header, so that one
 * buffer serves all its receivers. RFC 6455, 5.2: what a server sends is not masked.
 */
final class FrameBuffers {

	private static final int FINAL_TEXT = 0x81;

	private static final int FINAL_BINARY = 0x82;

	private static final int MAX_HEADER = 10;

	private static final int SHORT_LENGTH = 125;

	private static final int MEDIUM_LENGTH = 0xFFFF;

	private static final int MEDIUM_LENGTH_FOLLOWS = 126;

	private static final int LONG_LENGTH_FOLLOWS = 127;

	private final ByteBufAllocator allocator;

	FrameBuffers(ByteBufAllocator allocator) {
		this.allocator = allocator;
	}

	ByteBuf of(WebSocketMessage<?> message) {
		if (message.getPayload() instanceof ByteBuffer bytes) {
			ByteBuf buffer = start(FINAL_BINARY, bytes.remaining());
			return buffer.writeBytes(bytes.duplicate());
		}
		return text(message.getPayload().toString());
	}

	ByteBuf text(String text) {
		byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
		return start(FINAL_TEXT, utf8.length).writeBytes(utf8);
	}

	/**
	 * A frame whose body is there as bytes already.
	 */
	ByteBuf frame(String head, byte[] body) {
		byte[] headBytes = head.getBytes(StandardCharsets.UTF_8);
		return start(FINAL_TEXT, headBytes.length + body.length + 1).writeBytes(headBytes)
			.writeBytes(body)
			.writeByte(0);
	}

	/**
	 * One buffer for what goes out together: a single write without a list of buffers.
	 */
	ByteBuf join(List<ByteBuf> frames) {
		int length = frames.stream().mapToInt(ByteBuf::readableBytes).sum();
		ByteBuf joined = this.allocator.ioBuffer(length);
		frames.forEach((frame) -> joined.writeBytes(frame, frame.readerIndex(), frame.readableBytes()));
		return joined;
	}

	private ByteBuf start(int opcode, int length) {
		ByteBuf buffer = this.allocator.ioBuffer(MAX_HEADER + length).writeByte(opcode);
		if (length <= SHORT_LENGTH) {
			return buffer.writeByte(length);
		}
		if (length <= MEDIUM_LENGTH) {
			return buffer.writeByte(MEDIUM_LENGTH_FOLLOWS).writeShort(length);
		}
		return buffer.writeByte(LONG_LENGTH_FOLLOWS).writeLong(length);
	}

}
