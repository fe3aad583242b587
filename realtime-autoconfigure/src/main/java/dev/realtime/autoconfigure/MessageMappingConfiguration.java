package dev.realtime.autoconfigure;

import java.util.concurrent.Executor;

import dev.realtime.stomp.DestinationPolicy;
import dev.realtime.stomp.RealtimeWebSocketHandler;
import dev.realtime.stomp.StompBroker;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnThreading;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.support.AbstractSubscribableChannel;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.web.socket.config.annotation.DelegatingWebSocketMessageBrokerConfiguration;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurationSupport;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/**
 * Spring's STOMP infrastructure for applications that configure none, so that
 * {@code @MessageMapping} methods and their answers to the caller work at our endpoint.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(WebSocketMessageBrokerConfigurationSupport.class)
class MessageMappingConfiguration extends DelegatingWebSocketMessageBrokerConfiguration {

	/**
	 * Messages of clients that are handled at the same time, as many as at the dedicated
	 * port.
	 */
	private static final int WORKERS = 64;

	private final ObjectProvider<StompBroker> broker;

	private final ApplicationEventPublisher events;

	MessageMappingConfiguration(ObjectProvider<StompBroker> broker, ApplicationEventPublisher events) {
		this.broker = broker;
		this.events = events;
	}

	/**
	 * Not Boot's few threads for everything asynchronous in the application, nor Spring's
	 * two for each core: what hangs there would keep the frames of all clients waiting.
	 */
	@Bean(defaultCandidate = false)
	@ConditionalOnThreading(Threading.PLATFORM)
	static ThreadPoolTaskExecutor realtimeMessageWorkers() {
		ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
		executor.setThreadNamePrefix("realtime-message-");
		executor.setCorePoolSize(WORKERS);
		executor.setAllowCoreThreadTimeOut(true);
		executor.setDaemon(true);
		// The end of each connection is still to be handled when the context closes.
		executor.setAcceptTasksAfterContextClose(true);
		return executor;
	}

	/**
	 * After Boot's, and before those of the application.
	 */
	@Bean
	@Order(1)
	@ConditionalOnThreading(Threading.PLATFORM)
	static WebSocketMessageBrokerConfigurer realtimeMessageConfigurer(
			@Qualifier("realtimeMessageWorkers") Executor workers) {
		return new WebSocketMessageBrokerConfigurer() {

			@Override
			public void configureClientInboundChannel(ChannelRegistration registration) {
				registration.executor(workers);
			}

		};
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
