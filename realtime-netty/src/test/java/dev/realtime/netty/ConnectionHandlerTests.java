package dev.realtime.netty;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;

import dev.realtime.core.Connection;
import dev.realtime.core.FrameEncoder;
import dev.realtime.core.InMemoryBackplane;
import dev.realtime.core.Lane;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.netty.HandshakeHandler.Handshake;
import dev.realtime.stomp.Heartbeat;
import dev.realtime.stomp.StompFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnectionHandler}, whose worker has time when the test says so.
 */
@Timeout(30)
class ConnectionHandlerTests {

	private final Queue<Runnable> worker = new ArrayDeque<>();

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final ReadingHandler handler = new ReadingHandler();

	@BeforeEach
	void open() {
		RealtimeEngine engine = new RealtimeEngine(new InMemoryBackplane(InstantSource.system(), new Random(1)),
				InstantSource.system(), 128);
		FrameBuffers buffers = new FrameBuffers(UnpooledByteBufAllocator.DEFAULT);
		FrameEncoder<ByteBuf> encoder = new NettyFrameEncoder(new StompFrames(), buffers);
		this.channel.pipeline().addLast("raw", new ChannelInboundHandlerAdapter());
		NettySink sink = new NettySink(this.channel.pipeline().context("raw"), buffers,
				new Heartbeat(0, Duration.ofSeconds(10)), Duration.ofSeconds(1), 1024 * 1024, () -> 0);
		NettySession session = new NettySession(this.channel,
				new Handshake(URI.create("ws://localhost/realtime"), new HttpHeaders(), null, null), 64 * 1024);
		Connection<ByteBuf> connection = engine.connect(session.getId(), new Lane<>(encoder, Runnable::run), sink);
		this.channel.pipeline()
			.addLast(new ConnectionHandler(this.handler, session, connection, sink,
					new SerialExecutor(this.worker::add, this.channel.eventLoop())));
		work();
	}

	@AfterEach
	void close() {
		this.channel.finishAndReleaseAll();
	}

	@Test
	void whenLargeMessagesWaitThenNoMoreIsReadUntilTheyAreHandled() {
		send(40 * 1024);
		assertThat(this.channel.config().isAutoRead()).isTrue();
		send(40 * 1024);
		assertThat(this.channel.config().isAutoRead()).isFalse();
		work();
		assertThat(this.channel.config().isAutoRead()).isTrue();
		assertThat(this.handler.bytes).isEqualTo(80 * 1024);
		send(40 * 1024);
		assertThat(this.channel.config().isAutoRead()).as("what was handled does not count").isTrue();
	}

	@Test
	void whenManyMessagesWaitThenNoMoreIsReadUntilTheyAreHandled() {
		for (int i = 0; i < 64; i++) {
			assertThat(this.channel.config().isAutoRead()).isTrue();
			send(1);
		}
		assertThat(this.channel.config().isAutoRead()).isFalse();
		work();
		assertThat(this.channel.config().isAutoRead()).isTrue();
		assertThat(this.handler.bytes).isEqualTo(64);
	}

	@Test
	void whenHandlingEndsWithAnErrorThenTheConnectionIsClosedAndItsEndIsHandled() {
		this.handler.failing = true;
		send(1);
		work();
		this.channel.runPendingTasks();
		work();
		assertThat(this.channel.isOpen()).isFalse();
		assertThat(this.handler.closed).isTrue();
	}

	private void send(int length) {
		this.channel.writeInbound(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[length])));
	}

	private void work() {
		while (!this.worker.isEmpty()) {
			this.worker.remove().run();
		}
	}

	/**
	 * Counts bytes.
	 */
	private static final class ReadingHandler extends AbstractWebSocketHandler {

		private int bytes;

		private boolean failing;

		private boolean closed;

		@Override
		public void handleMessage(WebSocketSession session, WebSocketMessage<?> message) {
			if (this.failing) {
				throw new LinkageError("Expected by a test");
			}
			this.bytes += message.getPayloadLength();
		}

		@Override
		public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
			this.closed = true;
		}

	}

}
