package dev.realtime.benchmarks.client;

import java.nio.charset.StandardCharsets;

import dev.realtime.benchmarks.server.Payload;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Payloads}.
 */
class PayloadsTests {

	@Test
	void numberAndTimeAreFoundAtTheEndOfAFrame() {
		long before = System.nanoTime() / 1000;
		byte[] frame = ("MESSAGE\n\n" + Payload.now(5, 42, 100).json() + "\0").getBytes(StandardCharsets.UTF_8);
		int end = frame.length - 1;
		assertThat(Payloads.endsAt(frame, 0, end)).isTrue();
		assertThat(Payloads.sequence(frame, end)).isEqualTo(42);
		assertThat(Payloads.time(frame, end)).isBetween(before, System.nanoTime() / 1000);
	}

	@Test
	void otherJsonIsNoPayload() {
		byte[] frame = "{\"code\":\"forbidden\",\"detail\":\"The rule of the topic says no to this user\"}"
			.getBytes(StandardCharsets.UTF_8);
		assertThat(Payloads.endsAt(frame, 0, frame.length)).isFalse();
	}

	@Test
	void payloadsHaveTheSizeAskedFor() {
		assertThat(Payload.now(0, 0, 100).json()).hasSize(100);
		assertThat(Payload.now(9999, 9_000_000_000L, 12_000).json()).hasSize(12_000);
	}

	@Test
	void jacksonWritesTheSame() {
		Payload payload = Payload.now(7, 8, 200);
		assertThat(new JsonMapper().writeValueAsString(payload)).isEqualTo(payload.json());
	}

}
