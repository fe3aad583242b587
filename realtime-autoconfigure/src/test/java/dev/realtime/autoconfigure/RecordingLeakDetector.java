package dev.realtime.autoconfigure;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.netty.util.ResourceLeakDetector;

/**
 * Remembers the buffers that nobody released. Set up by the build with
 * {@code io.netty.customResourceLeakDetector}.
 */
public final class RecordingLeakDetector<T> extends ResourceLeakDetector<T> {

	private static final List<String> LEAKS = new CopyOnWriteArrayList<>();

	public RecordingLeakDetector(Class<?> resourceType, int samplingInterval) {
		super(resourceType, samplingInterval);
	}

	/**
	 * The older of the two that Netty looks for.
	 */
	public RecordingLeakDetector(Class<?> resourceType, int samplingInterval, long maxActive) {
		this(resourceType, samplingInterval);
	}

	static List<String> leaks() {
		return LEAKS;
	}

	@Override
	protected void reportTracedLeak(String resourceType, String records) {
		// Lettuce forgets the buffer of a connection that did not come about.
		if (!records.contains("io.lettuce.core.protocol.CommandHandler.channelRegistered")) {
			LEAKS.add(resourceType + ": " + records);
		}
	}

	@Override
	protected void reportUntracedLeak(String resourceType) {
		LEAKS.add(resourceType);
	}

}
