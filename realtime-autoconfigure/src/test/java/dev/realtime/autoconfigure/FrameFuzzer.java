package dev.realtime.autoconfigure;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Makes what a client might send by mistake or malice: frames of good clients with
 * something wrong in them. The same seed makes the same.
 */
final class FrameFuzzer {

	static final String CONNECT = "CONNECT\naccept-version:1.2\npasscode:acme\nheart-beat:0,0\n\n\0";

	private static final List<String> GOLDEN = List.of(CONNECT, "STOMP\naccept-version:1.0,1.1\nhost:x\n\n\0",
			"SUBSCRIBE\nid:s1\ndestination:/realtime/room.fuzz\nreceipt:r1\n\n\0",
			"SUBSCRIBE\r\nid:s2\r\ndestination:/realtime/item.fuzz\r\nfilter:{\"id\"\\c[1,2.5,null,\"x\"]}\r\n\r\n\0",
			"SUBSCRIBE\nid:s3\ndestination:/realtime/room.fuzz\nsince:abc-17\nreplay:none\n\n\0",
			"SUBSCRIBE\nid:q\ndestination:/user/queue/echo\nreceipt:q\n\n\0",
			"SEND\ndestination:/app/note\nreceipt:n\ncontent-type:text/plain\ncontent-length:5\n\nhello\0",
			"SEND\ndestination:/realtime/room.fuzz\nreceipt:x\n\n{\"a\":1}\0",
			"SEND\ndestination:/realtime/parlour.fuzz\nevent:typing\nreceipt:x\n\n{\"a\":[1,{}]}\0",
			"SEND\ndestination:/realtime/text.1\nevent:cursor_move\nto:all\nto-user:bob\n\n{\"line\":1}\0",
			"UNSUBSCRIBE\nid:s1\nreceipt:u\n\n\0", "ACK\nid:1\ntransaction:t\n\n\0", "BEGIN\ntransaction:t\n\n\0",
			"DISCONNECT\nreceipt:bye\n\n\0", "\n\n\r\n");

	private static final List<String> HEADERS = List.of("content-length:-1", "content-length:2147483647",
			"content-length:99999999999999999999", "content-length:0", "content-length:x", "heart-beat:-1,99999999999",
			"heart-beat:1,1", "accept-version:\u0000", "id:", "id:a\\cb", "destination:/realtime/../room.fuzz",
			"destination:/realtime/room.%2f", "destination:/realtime/**", "destination:/user/bob/queue/echo",
			"destination:\\n2026-01-01 ERROR forged", "filter:{\"id\"\\c1e999999999}", "filter:{{{{", "filter:[[[[",
			"filter:{\"\ud83d\":\"\ud800\"}", "since:a-9999999999999999999", "receipt:\u001b[31m", "x:\\t", "x:\\",
			"no-colon", ":", "::", "a\\cb:c", "content-type:x", "content-type:;;", "login:a", "simpSessionId:1",
			"selector:T(Runtime)", "transaction:t");

	private static final byte[][] BYTES = { { 0 }, { '\r' }, { '\n' }, { ':' }, { '\\' }, { (byte) 0xff },
			{ (byte) 0xc0, (byte) 0xaf }, { (byte) 0xed, (byte) 0xa0, (byte) 0x80 },
			{ (byte) 0xef, (byte) 0xbb, (byte) 0xbf }, { (byte) 0xe2, (byte) 0x80, (byte) 0xa8 }, { '\r', '\n' },
			{ 0, 0, 0, 0 }, { '\n', '\n' }, { '\\', 'c' } };

	private final Random random;

	FrameFuzzer(long seed) {
		this.random = new Random(seed);
	}

	Random random() {
		return this.random;
	}

	/**
	 * Some frames, of which most are broken.
	 */
	byte[] frames() {
		ByteArrayOutputStream frames = new ByteArrayOutputStream();
		for (int i = this.random.nextInt(5); i >= 0; i--) {
			frames.writeBytes(frame());
		}
		return frames.toByteArray();
	}

	private byte[] frame() {
		String frame = GOLDEN.get(this.random.nextInt(GOLDEN.size()));
		for (int i = this.random.nextInt(3); i > 0; i--) {
			frame = withHeaders(frame);
		}
		byte[] bytes = frame.getBytes(StandardCharsets.UTF_8);
		for (int i = this.random.nextInt(3); i > 0; i--) {
			bytes = mutate(bytes);
		}
		return bytes;
	}

	private String withHeaders(String frame) {
		String header = HEADERS.get(this.random.nextInt(HEADERS.size()));
		String headers = switch (this.random.nextInt(20)) {
			case 0 -> (header + "\n").repeat(this.random.nextInt(3000));
			case 1 -> header + "x".repeat(this.random.nextInt(80_000)) + "\n";
			default -> header + "\n";
		};
		int line = frame.indexOf('\n') + 1;
		return frame.substring(0, line) + headers + frame.substring(line);
	}

	private byte[] mutate(byte[] bytes) {
		if (bytes.length == 0) {
			return bytes;
		}
		int at = this.random.nextInt(bytes.length);
		int to = at + this.random.nextInt(bytes.length - at);
		return switch (this.random.nextInt(6)) {
			case 0 -> {
				byte[] flipped = bytes.clone();
				flipped[at] ^= (byte) (1 << this.random.nextInt(8));
				yield flipped;
			}
			case 1 -> insert(bytes, at, BYTES[this.random.nextInt(BYTES.length)]);
			case 2 -> Arrays.copyOf(bytes, at);
			case 3 -> insert(bytes, at, Arrays.copyOfRange(bytes, at, to));
			case 4 -> insert(Arrays.copyOf(bytes, at), at, Arrays.copyOfRange(bytes, to, bytes.length));
			default -> {
				byte[] noise = new byte[this.random.nextInt(20)];
				this.random.nextBytes(noise);
				yield insert(bytes, at, noise);
			}
		};
	}

	private static byte[] insert(byte[] bytes, int at, byte[] what) {
		ByteArrayOutputStream result = new ByteArrayOutputStream();
		result.write(bytes, 0, at);
		result.writeBytes(what);
		result.write(bytes, at, bytes.length - at);
		return result.toByteArray();
	}

	/**
	 * The same bytes as WebSocket frames, split anywhere; now and then with control
	 * frames between, and now and then with framing that is broken itself.
	 */
	byte[] webSocket(byte[] message) {
		ByteArrayOutputStream frames = new ByteArrayOutputStream();
		int opcode = this.random.nextBoolean() ? RawSocket.FIRST_OF_TEXT : RawSocket.BINARY & 0x0f;
		boolean tiny = this.random.nextInt(8) == 0;
		int from = 0;
		do {
			int size = tiny ? 1 : this.random.nextInt(Math.max(1, message.length - from)) + 1;
			int to = Math.min(message.length, from + size);
			int last = (to == message.length) ? RawSocket.LAST : 0;
			frames.writeBytes(RawSocket.header(opcode | last, to - from));
			frames.write(message, from, to - from);
			opcode = RawSocket.CONTINUATION;
			from = to;
			if (this.random.nextInt(20) == 0) {
				frames.writeBytes(RawSocket.header(this.random.nextBoolean() ? RawSocket.PING : RawSocket.PONG, 0));
			}
		}
		while (from < message.length);
		byte[] bytes = frames.toByteArray();
		return (this.random.nextInt(8) == 0) ? mutate(bytes) : bytes;
	}

	/**
	 * A handshake that is broken.
	 */
	byte[] handshake(String good) {
		return mutate(mutate(good.getBytes(StandardCharsets.UTF_8)));
	}

}
