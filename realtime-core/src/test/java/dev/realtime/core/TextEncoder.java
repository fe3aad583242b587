package dev.realtime.core;

import java.util.concurrent.atomic.AtomicInteger;

import dev.realtime.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames as text, such as {@code MESSAGE s1 e-3 LIVE}.
 */
final class TextEncoder implements FrameEncoder<String> {

	private final AtomicInteger messages = new AtomicInteger();

	@Override
	public String message(Publication publication, Subscription<String> subscription, DeliveryMode mode) {
		this.messages.incrementAndGet();
		return "MESSAGE " + subscription.id() + " " + publication.position() + " " + mode;
	}

	@Override
	public String live(Subscription<String> subscription, String receipt, StreamPosition position,
			@Nullable Boolean recovered) {
		return "RECEIPT " + subscription.id() + " " + receipt + " " + position
				+ ((recovered != null) ? " recovered=" + recovered : "");
	}

	@Override
	public String gap(Subscription<String> subscription) {
		return "GAP " + subscription.id();
	}

	int messages() {
		return this.messages.get();
	}

}
