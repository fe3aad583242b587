package dev.realtime.netty;

import java.util.List;

import dev.realtime.stomp.Heartbeat;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import org.jspecify.annotations.Nullable;

/**
 * Reads WebSocket frames, and tells of those that are not complete: they are kept until
 * they are.
 */
final class ClientFrameDecoder extends WebSocket13FrameDecoder {

	private @Nullable Heartbeat heartbeat;

	ClientFrameDecoder(WebSocketDecoderConfig config) {
		super(config);
	}

	/**
	 * Tells who watches over the time.
	 */
	void tell(Heartbeat heartbeat) {
		this.heartbeat = heartbeat;
	}

	@Override
	protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
		int before = out.size();
		super.decode(context, in, out);
		if (this.heartbeat != null) {
			this.heartbeat.webSocketFrame(out.size() == before, System.nanoTime());
		}
	}

}
