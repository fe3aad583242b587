package dev.realtime.autoconfigure;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fails a class whose tests leave buffers that were not released.
 */
final class NoLeaks implements AfterAllCallback {

	@Override
	public void afterAll(ExtensionContext context) {
		lookForLeaks();
		assertThat(RecordingLeakDetector.leaks()).isEmpty();
	}

	/**
	 * Netty notices when a buffer that nobody released is collected, and says so with the
	 * next one.
	 */
	static void lookForLeaks() {
		System.gc();
		ByteBufAllocator.DEFAULT.buffer(1).release();
	}

}
