package dev.realtime.benchmarks.client;

import java.io.ByteArrayOutputStream;

import org.jspecify.annotations.Nullable;

/**
 * Takes the frames of a server apart, RFC 6455. What is incomplete at the end of the
 * bytes is left for the next call.
 */
final class FrameReader {

	private static final int CONTINUATION = 0;

	private static final int TEXT = 1;

	private static final int BINARY = 2;

	private static final int FIN = 0x80;

	private static final int TWO_BYTE_LENGTH = 126;

	private static final int EIGHT_BYTE_LENGTH = 127;

	private final Receiver receiver;

	private @Nullable ByteArrayOutputStream fragments;

	FrameReader(Receiver receiver) {
		this.receiver = receiver;
	}

	/**
	 * Reads complete frames.
	 * @return where the first incomplete one starts
	 */
	int read(byte[] bytes, int from, int to) {
		int start = from;
		while (to - start >= 2) {
			int length = bytes[start + 1] & 0x7f;
			int header = 2;
			if (length == TWO_BYTE_LENGTH) {
				header = 4;
				length = (to - start < header) ? Integer.MAX_VALUE : number(bytes, start + 2, 2);
			}
			else if (length == EIGHT_BYTE_LENGTH) {
				header = 10;
				length = (to - start < header) ? Integer.MAX_VALUE : number(bytes, start + 2, 8);
			}
			if (to - start - header < length) {
				return start;
			}
			frame(bytes, bytes[start] & 0xff, start + header, start + header + length);
			start += header + length;
		}
		return start;
	}

	private static int number(byte[] bytes, int from, int digits) {
		int number = 0;
		for (int i = from; i < from + digits; i++) {
			number = (number << Byte.SIZE) | (bytes[i] & 0xff);
		}
		return number;
	}

	private void frame(byte[] bytes, int first, int from, int to) {
		int opcode = first & 0x0f;
		boolean last = (first & FIN) != 0;
		if (opcode > BINARY) {
			this.receiver.control(opcode, bytes, from, to);
		}
		else if (opcode != CONTINUATION && last) {
			this.receiver.message(bytes, from, to);
		}
		else {
			fragment(bytes, from, to, last);
		}
	}

	private void fragment(byte[] bytes, int from, int to, boolean last) {
		ByteArrayOutputStream message = (this.fragments != null) ? this.fragments : new ByteArrayOutputStream();
		message.write(bytes, from, to - from);
		this.fragments = last ? null : message;
		if (last) {
			this.receiver.message(message.toByteArray(), 0, message.size());
		}
	}

	/**
	 * A text frame of a client. Its mask is zero, so that the payload needs no work.
	 */
	static byte[] text(byte[] payload) {
		return frame(TEXT, payload);
	}

	static byte[] frame(int opcode, byte[] payload) {
		boolean small = payload.length < TWO_BYTE_LENGTH;
		byte[] frame = new byte[payload.length + (small ? 6 : 8)];
		frame[0] = (byte) (FIN | opcode);
		frame[1] = (byte) (0x80 | (small ? payload.length : TWO_BYTE_LENGTH));
		if (!small) {
			frame[2] = (byte) (payload.length >> Byte.SIZE);
			frame[3] = (byte) payload.length;
		}
		System.arraycopy(payload, 0, frame, frame.length - payload.length, payload.length);
		return frame;
	}

	/**
	 * Where frames go.
	 */
	interface Receiver {

		void message(byte[] bytes, int from, int to);

		void control(int opcode, byte[] bytes, int from, int to);

	}

}
