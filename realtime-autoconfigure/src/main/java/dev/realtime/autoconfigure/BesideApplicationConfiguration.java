package dev.realtime.autoconfigure;

import dev.realtime.stomp.DestinationPolicy;
import dev.realtime.stomp.RealtimeWebSocketHandler;
import dev.realtime.stomp.StompBroker;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.support.AbstractSubscribableChannel;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurationSupport;

/**
 * The application has a message broker configuration of its own.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBean(WebSocketMessageBrokerConfigurationSupport.class)
class BesideApplicationConfiguration {

	@Bean
	static DestinationPolicy realtimeDestinationPolicy() {
		return DestinationPolicy.APPLICATION;
	}

	// No default candidate, since Spring's configuration injects its own
	// WebSocketHandler
	// by type.
	@Bean(defaultCandidate = false)
	RealtimeWebSocketHandler realtimeWebSocketHandler(StompBroker broker,
			@Qualifier("clientInboundChannel") AbstractSubscribableChannel inboundChannel,
			@Qualifier("clientOutboundChannel") AbstractSubscribableChannel outboundChannel,
			ApplicationEventPublisher events) {
		return new RealtimeWebSocketHandler(broker, inboundChannel, outboundChannel, events);
	}

}
