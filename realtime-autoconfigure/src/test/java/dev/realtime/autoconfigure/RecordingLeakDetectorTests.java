package dev.realtime.autoconfigure;

import java.time.Duration;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of the dedicated port can fail because of a leak.
 */
@Timeout(60)
class RecordingLeakDetectorTests {

	@Test
	void whenBufferIsNotReleasedThenItIsNoticed() {
		assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
		ByteBufAllocator.DEFAULT.buffer(1);
		await().atMost(Duration.ofSeconds(30)).until(() -> {
			NoLeaks.lookForLeaks();
			return !RecordingLeakDetector.leaks().isEmpty();
		});
		RecordingLeakDetector.leaks().clear();
	}

}
