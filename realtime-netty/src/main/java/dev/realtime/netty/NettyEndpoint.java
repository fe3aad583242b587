package dev.realtime.netty;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import dev.realtime.core.Connection;
import dev.realtime.core.Lane;
import dev.realtime.core.Transport;
import dev.realtime.netty.HandshakeHandler.Handshake;
import dev.realtime.stomp.Heartbeat;
import dev.realtime.stomp.RealtimeWebSocketHandler;
import dev.realtime.stomp.StompBroker;
import dev.realtime.stomp.StompEndpointOptions;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * The dedicated WebSocket port. Its event loops are the lanes, and publications are
 * encoded once per lane and subscription id, so that a connection costs little and a
 * delivery less.
 *
 * @since 0.1.0
 */
public final class NettyEndpoint implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(NettyEndpoint.class);

	/** Of the handshake, which has no body. */
	private static final int MAX_HTTP_CONTENT = 1024;

	private static final long STOP_TIMEOUT_SECONDS = 5;

	/** How long clients may take to answer the close frame when the server goes. */
	private static final long FAREWELL_SECONDS = 1;

	private static final int MIN_READ = 256;

	private static final int INITIAL_READ = 1024;

	private static final int MAX_READ = 32 * 1024;

	private static final int READS_PER_TURN = 1;

	/** As Spring Boot's web servers: once all that handles frames is there. */
	private static final int PHASE = DEFAULT_PHASE - 2048;

	private final NettyOptions options;

	private final @Nullable SslContext ssl;

	private final StompBroker broker;

	private final Transport transport;

	private final RealtimeWebSocketHandler handler;

	private final Executor workers;

	private final OriginCheck origins;

	private final ClientAddress addresses;

	private final FrameBuffers buffers = new FrameBuffers(ByteBufAllocator.DEFAULT);

	private final Map<EventExecutor, Lane<ByteBuf>> lanes = new ConcurrentHashMap<>();

	private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

	private @Nullable EventLoopGroup group;

	private @Nullable Channel server;

	/**
	 * An endpoint that is not started yet.
	 * @param options settings
	 * @param ssl the TLS settings, or {@code null} for none
	 * @param broker handles the frames
	 * @param handler takes the sessions
	 * @param workers where frames of clients are handled; may block
	 */
	public NettyEndpoint(NettyOptions options, @Nullable SslContext ssl, StompBroker broker,
			RealtimeWebSocketHandler handler, Executor workers) {
		this.options = options;
		this.ssl = ssl;
		this.broker = broker;
		this.transport = broker.engine().transport("netty");
		this.handler = handler;
		this.workers = workers;
		this.origins = new OriginCheck(options.allowedOrigins());
		this.addresses = new ClientAddress(options.trustedProxies());
	}

	@Override
	public synchronized void start() {
		boolean epoll = Epoll.isAvailable();
		EventLoopGroup group = new MultiThreadIoEventLoopGroup(Runtime.getRuntime().availableProcessors(),
				new DefaultThreadFactory("realtime-netty", true),
				epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
		this.group = group;
		for (EventExecutor loop : group) {
			Lane<ByteBuf> lane = new Lane<>(this.transport, new NettyFrameEncoder(this.broker.frames(), this.buffers),
					loop);
			this.lanes.put(loop, lane);
			long tick = this.broker.options().tick().toNanos();
			loop.scheduleWithFixedDelay(() -> lane.execute(() -> lane.tick(System.nanoTime())), tick, tick,
					TimeUnit.NANOSECONDS);
		}
		this.server = bind(group, epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class);
		logger.info("Realtime serves WebSocket connections on port {} ({}) at {}", getPort(), epoll ? "epoll" : "NIO",
				this.options.path());
	}

	private Channel bind(EventLoopGroup group, Class<? extends ServerChannel> type) {
		ChannelFuture bound = new ServerBootstrap().group(group)
			.channel(type)
			.option(ChannelOption.SO_BACKLOG, 1024)
			.option(ChannelOption.SO_REUSEADDR, true)
			.childOption(ChannelOption.TCP_NODELAY, true)
			.childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark())
			.childOption(ChannelOption.RECVBUF_ALLOCATOR, reads())
			.childHandler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel channel) {
					initialize(channel);
				}

			})
			.bind(this.options.port())
			.awaitUninterruptibly();
		if (!bound.isSuccess()) {
			stop();
			throw new PortUnavailableException(this.options.port(), bound.cause());
		}
		return bound.channel();
	}

	/**
	 * Small: clients send little, and what one of them sends at a time keeps the others
	 * of its lane waiting.
	 */
	private static RecvByteBufAllocator reads() {
		return new AdaptiveRecvByteBufAllocator(MIN_READ, INITIAL_READ, MAX_READ).maxMessagesPerRead(READS_PER_TURN);
	}

	/**
	 * Where a client counts as not keeping up, and as keeping up again.
	 */
	private WriteBufferWaterMark waterMark() {
		int limit = (int) Math.min(this.broker.options().pendingBytes(), Integer.MAX_VALUE);
		return new WriteBufferWaterMark(limit / 4, limit / 2);
	}

	private void initialize(Channel channel) {
		this.connections.add(channel);
		if (this.ssl != null) {
			channel.pipeline().addLast(this.ssl.newHandler(channel.alloc()));
		}
		RawWrites raw = new RawWrites();
		channel.pipeline()
			.addLast(raw)
			.addLast(new HttpServerCodec())
			.addLast(new HttpObjectAggregator(MAX_HTTP_CONTENT))
			.addLast(new HandshakeHandler(this.options, this.origins, this.addresses, this.broker.limiter(),
					this.broker.options().frameSize(), this::accept));
	}

	private void accept(ChannelHandlerContext context, Handshake handshake) {
		StompEndpointOptions options = this.broker.options();
		Channel channel = context.channel();
		Lane<ByteBuf> lane = this.lanes.get(channel.eventLoop());
		if (lane == null) {
			context.close();
			return;
		}
		NettySession session = new NettySession(channel, handshake, options.frameSize());
		Heartbeat heartbeat = new Heartbeat(System.nanoTime(), options.connectTimeout());
		channel.pipeline().get(ClientFrameDecoder.class).tell(heartbeat);
		NettySink sink = new NettySink(channel.pipeline().context(RawWrites.class), this.buffers, heartbeat,
				options.tick(), options.pendingBytes(), System::nanoTime);
		Connection<ByteBuf> connection = this.broker.engine().connect(session.getId(), lane, sink);
		this.broker.open(session, connection, heartbeat, this.buffers::of);
		channel.pipeline()
			.addLast(new Utf8FrameValidator(false))
			.addLast(new ConnectionHandler(this.handler, session, connection, sink,
					new SerialExecutor(this.workers, channel.eventLoop())));
		channel.pipeline().remove(HandshakeHandler.class);
	}

	@Override
	public synchronized void stop() {
		if (this.server != null) {
			this.server.close().awaitUninterruptibly();
			this.server = null;
		}
		farewell();
		if (this.group != null) {
			this.group.shutdownGracefully(0, STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
			this.group = null;
		}
		this.lanes.clear();
	}

	private void farewell() {
		for (Channel channel : this.connections) {
			ConnectionHandler connection = channel.pipeline().get(ConnectionHandler.class);
			if (connection != null) {
				connection.goAway();
			}
			else {
				channel.close();
			}
		}
		this.connections.newCloseFuture().awaitUninterruptibly(FAREWELL_SECONDS, TimeUnit.SECONDS);
	}

	@Override
	public synchronized boolean isRunning() {
		return this.server != null;
	}

	@Override
	public int getPhase() {
		return Math.min(PHASE, this.handler.getPhase());
	}

	/**
	 * The port clients connect to.
	 * @return the port, or -1 while the endpoint is not running
	 */
	public synchronized int getPort() {
		return (this.server != null && this.server.localAddress() instanceof InetSocketAddress address)
				? address.getPort() : -1;
	}

	/**
	 * Marks the place in the pipeline from where ready frames are written.
	 */
	private static final class RawWrites extends ChannelInboundHandlerAdapter {

	}

}
