package dev.realtime.stomp;

import java.util.function.Function;
import java.util.function.Supplier;

import dev.realtime.access.AccessControl;
import dev.realtime.access.HttpSessionLink;
import dev.realtime.core.CloseReason;
import dev.realtime.core.Connection;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.json.FilterParser;
import dev.realtime.json.JsonPayloads;
import dev.realtime.limit.ConnectionLimits;
import dev.realtime.limit.HandshakeLimiter;
import dev.realtime.limit.Limiter;
import dev.realtime.limit.Refusal;
import dev.realtime.presence.PresenceHub;
import dev.realtime.serverside.ServerSubscriptionControl;
import dev.realtime.tenant.Tenants;
import dev.realtime.token.ConnectionTokens;
import dev.realtime.token.UserTokens;
import dev.realtime.topic.Topics;
import dev.realtime.topic.UserChannel;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.AbstractSubscribableChannel;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * The STOMP side of topics: what becomes of the frames of clients, whatever transport
 * they come by.
 *
 * @since 0.1.0
 */
public final class StompBroker {

	private final StompFrames frames = new StompFrames();

	private final RealtimeEngine engine;

	private final ConnectionTokens tokens;

	private final StompEndpointOptions options;

	private final AccessControl access;

	private final Limiter limiter;

	private final TopicBroker topicBroker;

	private final Calls calls;

	private final TopicSends topicSends;

	private final ConnectHandler connectHandler;

	/**
	 * A broker for these topics.
	 * @param engine carries publications and keeps subscriptions
	 * @param topics the declared topics, or {@code null} on a relay, which knows none
	 * @param userChannel the channel that every user has
	 * @param filters reads filters
	 * @param tenants who belongs to which tenant
	 * @param authenticator tells who a token in CONNECT belongs to; {@code null} if only
	 * the handshake and our own tokens do
	 * @param tokens verifies our own tokens
	 * @param options settings
	 * @param access watches over rights
	 * @param limiter what clients may do
	 * @param presence who is there
	 * @param subscriptions subscribes whom server code wants to
	 * @param payloads reads what clients send
	 */
	public StompBroker(RealtimeEngine engine, @Nullable Topics topics, UserChannel userChannel, FilterParser filters,
			Tenants tenants, @Nullable ConnectAuthenticator authenticator, UserTokens tokens,
			StompEndpointOptions options, AccessControl access, Limiter limiter, PresenceHub presence,
			ServerSubscriptionControl subscriptions, JsonPayloads payloads) {
		PresenceBroker presenceBroker = new PresenceBroker(presence);
		this.engine = engine;
		this.tokens = tokens.connections();
		this.access = access;
		this.options = options;
		this.limiter = limiter;
		this.topicBroker = new TopicBroker(engine,
				new SubscribeRights(topics, tokens.subscriptions(), access, userChannel), filters, this.frames, limiter,
				presenceBroker);
		this.calls = new Calls(this.topicBroker, this.frames, limiter, options.callTimeout());
		this.topicSends = new TopicSends(new ClientEventHandler(engine, topics, payloads), payloads, this.frames,
				this.topicBroker);
		this.connectHandler = new ConnectHandler(authenticator, this.tokens, tenants, options, this.frames,
				presenceBroker, new ServerSides(subscriptions, engine, this.frames, limiter, access.counters()));
	}

	/**
	 * The interceptor to put first into the {@code clientInboundChannel}. It keeps the
	 * frames of a connection in order.
	 * @return a new interceptor
	 */
	public static ChannelInterceptor orderInterceptor() {
		return new InboundFrames.DoneInterceptor();
	}

	/**
	 * The interceptor to put last into the {@code clientInboundChannel}. It takes the
	 * frames that are for topics.
	 * @param broker supplies the broker when a frame arrives
	 * @param policy which other destinations clients may use
	 * @param outboundChannel the {@code clientOutboundChannel}
	 * @param mapper writes the replies to calls
	 * @return a new interceptor
	 */
	public static ChannelInterceptor topicInterceptor(Supplier<StompBroker> broker, DestinationPolicy policy,
			Supplier<MessageChannel> outboundChannel, Supplier<JsonMapper> mapper) {
		return new InboundInterceptor(broker, policy, outboundChannel, new CallMethods(mapper));
	}

	/**
	 * Takes a connection in, whatever its transport. Its session is then handed to
	 * {@link RealtimeWebSocketHandler}, also where there was no place for it.
	 * @param <F> the frame type of the transport
	 * @param session the WebSocket session
	 * @param connection the engine's side
	 * @param heartbeat what the connection has to do with time
	 * @param frames makes frames of the transport
	 */
	public <F> void open(WebSocketSession session, Connection<F> connection, Heartbeat heartbeat,
			Function<WebSocketMessage<?>, F> frames) {
		ConnectionLimits limits = this.limiter.open(HandshakeLimiter.address(session.getAttributes()));
		StompConnection client = new StompConnection(connection, (message) -> connection.send(frames.apply(message)),
				heartbeat, this.frames, this.access, limits, HttpSessionLink.of(session.getAttributes()),
				session.getPrincipal());
		client.bind(session.getAttributes());
		Refusal refusal = limits.refusal();
		if (refusal != null) {
			client.fail(CloseReason.TOO_MANY_CONNECTIONS, "Too many connections", refusal.retryAfter());
		}
	}

	StompProtocolHandler protocolHandler(AbstractSubscribableChannel inboundChannel, ApplicationEventPublisher events) {
		return new StompProtocolHandler(this.engine, inboundChannel, this.connectHandler, this.topicBroker, this.calls,
				this.frames, this.tokens, events, this.options.frameSize(), new IdleCuts(this.options.heartbeat()));
	}

	ConnectHandler connectHandler() {
		return this.connectHandler;
	}

	TopicBroker topicBroker() {
		return this.topicBroker;
	}

	Calls calls() {
		return this.calls;
	}

	TopicSends topicSends() {
		return this.topicSends;
	}

	/**
	 * Writes frames as text.
	 * @return the writer of frames, thread-safe
	 */
	public StompFrames frames() {
		return this.frames;
	}

	/**
	 * The engine behind the broker.
	 * @return the engine
	 */
	public RealtimeEngine engine() {
		return this.engine;
	}

	/**
	 * What clients may do.
	 * @return the limits of the node
	 */
	public Limiter limiter() {
		return this.limiter;
	}

	/**
	 * The settings.
	 * @return the settings
	 */
	public StompEndpointOptions options() {
		return this.options;
	}

}
