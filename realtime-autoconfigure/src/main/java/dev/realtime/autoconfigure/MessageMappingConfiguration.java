package dev.realtime.autoconfigure;

import dev.realtime.stomp.DestinationPolicy;
import dev.realtime.stomp.RealtimeWebSocketHandler;
import dev.realtime.stomp.StompBroker;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.support.AbstractSubscribableChannel;
import org.springframework.web.socket.config.annotation.DelegatingWebSocketMessageBrokerConfiguration;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurationSupport;

/**
 * Spring's STOMP infrastructure for applications that configure none, so that
 * {@code @MessageMapping} methods and their answers to the caller work at our endpoint.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(WebSocketMessageBrokerConfigurationSupport.class)
class MessageMappingConfiguration extends DelegatingWebSocketMessageBrokerConfiguration {

	private final ObjectProvider<StompBroker> broker;

	private final ApplicationEventPublisher events;

	MessageMappingConfiguration(ObjectProvider<StompBroker> broker, ApplicationEventPublisher events) {
		this.broker = broker;
		this.events = events;
	}

	@Bean
	static DestinationPolicy realtimeDestinationPolicy() {
		return DestinationPolicy.MESSAGE_MAPPINGS_ONLY;
	}

	@Override
	protected void configureMessageBroker(MessageBrokerRegistry registry) {
		registry.setApplicationDestinationPrefixes("/app");
		registry.enableSimpleBroker("/queue");
		registry.setPreservePublishOrder(true);
		super.configureMessageBroker(registry);
	}

	@Bean
	@Override
	public RealtimeWebSocketHandler subProtocolWebSocketHandler(AbstractSubscribableChannel clientInboundChannel,
			AbstractSubscribableChannel clientOutboundChannel) {
		RealtimeWebSocketHandler handler = new RealtimeWebSocketHandler(this.broker.getObject(), clientInboundChannel,
				clientOutboundChannel, this.events);
		handler.setPhase(getPhase());
		return handler;
	}

}
