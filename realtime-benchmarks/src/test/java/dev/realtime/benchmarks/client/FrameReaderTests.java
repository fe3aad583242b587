package dev.realtime.benchmarks.client;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FrameReader}.
 */
class FrameReaderTests {

	private static final int TEXT = 0x81;

	private static final int TEXT_TO_BE_CONTINUED = 0x01;

	private static final int LAST_CONTINUATION = 0x80;

	private static final int CLOSE = 0x88;

	@Test
	void framesOfAllLengthsAreReadAtEverySplitPoint() {
		byte[] stream = join(frame(TEXT, "a".repeat(10)), frame(TEXT_TO_BE_CONTINUED, "b".repeat(126)),
				frame(LAST_CONTINUATION, "c".repeat(5)), frame(TEXT, "d".repeat(70_000)), frame(CLOSE, "xx"));
		for (int split = 0; split < 200; split++) {
			List<String> read = new ArrayList<>();
			FrameReader reader = new FrameReader(new Recorder(read));
			int rest = reader.read(stream, 0, split);
			assertThat(reader.read(stream, rest, stream.length)).isEqualTo(stream.length);
			assertThat(read).containsExactly("a".repeat(10), "b".repeat(126) + "c".repeat(5), "d".repeat(70_000),
					"control 8 xx");
		}
	}

	@Test
	void clientFramesAreMaskedWithZeros() {
		assertThat(FrameReader.text("hi".getBytes(StandardCharsets.UTF_8))).containsExactly(0x81, 0x82, 0, 0, 0, 0, 'h',
				'i');
		byte[] larger = FrameReader.text(new byte[300]);
		assertThat(Arrays.copyOf(larger, 4)).containsExactly(0x81, 0xfe, 300 >> 8, 300 & 0xff);
		assertThat(larger).hasSize(4 + 4 + 300);
	}

	private static byte[] frame(int first, String payload) {
		byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
		if (bytes.length < 126) {
			return join(new byte[] { (byte) first, (byte) bytes.length }, bytes);
		}
		if (bytes.length <= 0xffff) {
			return join(new byte[] { (byte) first, 126, (byte) (bytes.length >> 8), (byte) bytes.length }, bytes);
		}
		return join(new byte[] { (byte) first, 127, 0, 0, 0, 0, (byte) (bytes.length >> 24),
				(byte) (bytes.length >> 16), (byte) (bytes.length >> 8), (byte) bytes.length }, bytes);
	}

	private static byte[] join(byte[]... parts) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			all.writeBytes(part);
		}
		return all.toByteArray();
	}

	private record Recorder(List<String> read) implements FrameReader.Receiver {

		@Override
		public void message(byte[] bytes, int from, int to) {
			this.read.add(new String(bytes, from, to - from, StandardCharsets.UTF_8));
		}

		@Override
		public void control(int opcode, byte[] bytes, int from, int to) {
			this.read.add("control " + opcode + " " + new String(bytes, from, to - from, StandardCharsets.UTF_8));
		}

	}

}
