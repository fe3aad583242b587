package dev.realtime.netty;

import java.util.List;

import dev.realtime.StreamPosition;
import dev.realtime.core.DeliveryMode;
import dev.realtime.core.FrameEncoder;
import dev.realtime.core.JoinedFrames;
import dev.realtime.core.Publication;
import dev.realtime.core.Subscription;
import dev.realtime.stomp.StompFrames;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the engine tells a client as counted buffers.
 */
final class NettyFrameEncoder implements FrameEncoder<ByteBuf> {

	private final StompFrames frames;

	private final FrameBuffers buffers;

	NettyFrameEncoder(StompFrames frames, FrameBuffers buffers) {
		this.frames = frames;
		this.buffers = buffers;
	}

	@Override
	public ByteBuf message(Publication publication, Subscription<ByteBuf> subscription, DeliveryMode mode) {
		return this.buffers.frame(this.frames.messageHead(publication, subscription, mode), publication.data());
	}

	@Override
	public ByteBuf live(Subscription<ByteBuf> subscription, String receipt, StreamPosition position,
			@Nullable Boolean recovered) {
		return this.buffers.text(this.frames.liveText(subscription, receipt, position, recovered));
	}

	@Override
	public ByteBuf gap(Subscription<ByteBuf> subscription) {
		return this.buffers.text(this.frames.gapText(subscription));
	}

	@Override
	public ByteBuf control(Subscription<ByteBuf> subscription, String kind, byte[] body) {
		return this.buffers.frame(this.frames.controlHead(subscription, kind, body.length), body);
	}

	@Override
	public List<JoinedFrames<ByteBuf>> join(List<ByteBuf> frames) {
		ByteBuf message = (frames.size() == 1) ? frames.get(0).retain() : this.buffers.join(frames);
		return List.of(new JoinedFrames<>(message, frames.size()));
	}

	@Override
	public void release(ByteBuf frame) {
		frame.release();
	}

}
