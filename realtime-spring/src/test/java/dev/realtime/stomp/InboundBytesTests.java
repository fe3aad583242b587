package dev.realtime.stomp;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.messaging.Message;
import org.springframework.messaging.simp.stomp.BufferingStompDecoder;
import org.springframework.messaging.simp.stomp.StompConversionException;
import org.springframework.messaging.simp.stomp.StompDecoder;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.MessageHeaderAccessor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link InboundBytes}.
 */
@Timeout(60)
class InboundBytesTests {

	private static final int FRAME_SIZE = 64 * 1024;

	private static final String TRANSCRIPT = "CONNECT\r\naccept-version:1.2\r\nhost:x\r\n\r\n\0\n\r\n"
			+ "SUBSCRIBE\nid:\u00fc\\cx\ndestination:/realtime/room.a\nfilter:{\"id\"\\c5}\n\n\0\r\n"
			+ "SEND\ndestination:/app/x\ncontent-length:5\n\na\0b\0c\0\nSEND\ndestination:/app/x\n\n\ud83d\ude00\r\0\n\n";

	@Test
	@Tag("T14")
	void framesAreTheSameWhereverTheirBytesAreSplit() {
		byte[] bytes = TRANSCRIPT.getBytes(StandardCharsets.UTF_8);
		List<String> whole = decode(bytes);
		assertThat(whole).hasSize(4);
		for (int first = 0; first < bytes.length; first++) {
			for (int second = first; second < bytes.length; second++) {
				assertThat(decode(Arrays.copyOfRange(bytes, 0, first), Arrays.copyOfRange(bytes, first, second),
						Arrays.copyOfRange(bytes, second, bytes.length)))
					.isEqualTo(whole);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "2147483647", "999999999", "65536", "2147483648", "99999999999999999999", "-1", "+5", "5 " })
	@Tag("T15")
	void whenLengthIsALieThenNothingIsAllocatedForIt(String length) {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		byte[] bytes = ("SEND\ndestination:/app/x\ncontent-length:" + length + "\n\nabc")
			.getBytes(StandardCharsets.UTF_8);
		decodeOrRefuse(bytes);
		long before = threads.getCurrentThreadAllocatedBytes();
		for (int i = 0; i < 10; i++) {
			decodeOrRefuse(bytes);
		}
		assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10 * 100_000);
	}

	@Test
	@Tag("T15")
	@Tag("T18")
	void whenAFrameNeverEndsThenItIsRefusedOnceItIsTooLarge() {
		InboundBytes inbound = inbound();
		byte[] part = "x".repeat(1000).getBytes(StandardCharsets.UTF_8);
		inbound.decode(ByteBuffer.wrap("CONNECT\nx:".getBytes(StandardCharsets.UTF_8)));
		int parts = 0;
		try {
			while (parts < 1000) {
				inbound.decode(ByteBuffer.wrap(part));
				parts++;
			}
		}
		catch (StompConversionException ex) {
			// As it should.
		}
		assertThat(parts).isLessThanOrEqualTo(FRAME_SIZE / part.length);
	}

	@Test
	@Tag("T14")
	@Tag("T15")
	void anythingIsDecodedOrRefused() {
		long seed = Long.getLong("realtime.fuzz.seed", System.nanoTime());
		byte[] bytes = TRANSCRIPT.getBytes(StandardCharsets.UTF_8);
		for (long round = seed; round < seed + 50_000; round++) {
			Random random = new Random(round);
			byte[] mutated = bytes.clone();
			for (int i = random.nextInt(10); i >= 0; i--) {
				mutated[random.nextInt(mutated.length)] = (byte) ((random.nextBoolean()) ? random.nextInt()
						: "\0\n\r:\\-9".charAt(random.nextInt(7)));
			}
			int split = random.nextInt(bytes.length);
			try {
				decodeOrRefuse(Arrays.copyOfRange(mutated, 0, split),
						Arrays.copyOfRange(mutated, split, mutated.length));
			}
			catch (RuntimeException ex) {
				throw new AssertionError("-Drealtime.fuzz.seed=" + round, ex);
			}
		}
	}

	@Test
	@Tag("T18")
	void aFrameIsOpenUntilItsLastByte() {
		InboundBytes inbound = inbound();
		byte[] frame = "\n\r\nSEND\r\ndestination:/app/x\r\n\r\nabc\0".getBytes(StandardCharsets.UTF_8);
		for (int i = 0; i < frame.length; i++) {
			inbound.decode(ByteBuffer.wrap(frame, i, 1));
			boolean open = (i > 2 || i == 1) && i < frame.length - 1;
			assertThat(inbound.isPartial()).as("after byte %s", i).isEqualTo(open);
		}
	}

	private static void decodeOrRefuse(byte[]... parts) {
		try {
			decode(parts);
		}
		catch (StompConversionException | IllegalArgumentException ex) {
			// One of both has to be.
		}
	}

	private static List<String> decode(byte[]... parts) {
		InboundBytes inbound = inbound();
		List<String> frames = new ArrayList<>();
		for (byte[] part : parts) {
			for (Message<byte[]> frame : inbound.decode(ByteBuffer.wrap(part))) {
				StompHeaderAccessor headers = MessageHeaderAccessor.getAccessor(frame, StompHeaderAccessor.class);
				if (headers.getCommand() != null && !InboundBytes.isMalformed(headers)) {
					frames.add(headers.getCommand() + " " + headers.toNativeHeaderMap() + " "
							+ Arrays.toString(frame.getPayload()));
				}
			}
		}
		return frames;
	}

	private static InboundBytes inbound() {
		return new InboundBytes(new BufferingStompDecoder(new StompDecoder(), FRAME_SIZE));
	}

}
