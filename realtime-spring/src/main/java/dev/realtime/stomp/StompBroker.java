package dev.realtime.stomp;

import java.util.function.Supplier;

import dev.realtime.core.RealtimeEngine;
import dev.realtime.json.FilterParser;
import dev.realtime.tenant.Tenants;
import dev.realtime.topic.Topics;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.AbstractSubscribableChannel;
import org.springframework.messaging.support.ChannelInterceptor;

/**
 * The STOMP side of topics: what becomes of the frames of clients, whatever transport
 * they come by.
 *
 * @since 0.1.0
 */
public final class StompBroker {

	private final StompFrames frames = new StompFrames();

	private final RealtimeEngine engine;

	private final StompEndpointOptions options;

	private final TopicBroker topicBroker;

	private final ConnectHandler connectHandler;

	/**
	 * A broker for these topics.
	 * @param engine carries publications and keeps subscriptions
	 * @param topics the declared topics
	 * @param filters reads filters
	 * @param tenants who belongs to which tenant
	 * @param authenticator tells who a token in CONNECT belongs to; {@code null} if only
	 * the handshake authenticates
	 * @param options settings
	 */
	public StompBroker(RealtimeEngine engine, Topics topics, FilterParser filters, Tenants tenants,
			@Nullable ConnectAuthenticator authenticator, StompEndpointOptions options) {
		this.engine = engine;
		this.options = options;
		this.topicBroker = new TopicBroker(engine, topics, filters, this.frames);
		this.connectHandler = new ConnectHandler(authenticator, tenants, options, this.frames);
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
	 * @return a new interceptor
	 */
	public static ChannelInterceptor topicInterceptor(Supplier<StompBroker> broker, DestinationPolicy policy,
			Supplier<MessageChannel> outboundChannel) {
		return new InboundInterceptor(broker, policy, outboundChannel);
	}

	StompProtocolHandler protocolHandler(AbstractSubscribableChannel inboundChannel, ApplicationEventPublisher events) {
		return new StompProtocolHandler(this.engine, inboundChannel, this.connectHandler, this.topicBroker, this.frames,
				events, this.options.frameSize());
	}

	ConnectHandler connectHandler() {
		return this.connectHandler;
	}

	TopicBroker topicBroker() {
		return this.topicBroker;
	}

	StompFrames frames() {
		return this.frames;
	}

	RealtimeEngine engine() {
		return this.engine;
	}

	StompEndpointOptions options() {
		return this.options;
	}

}
