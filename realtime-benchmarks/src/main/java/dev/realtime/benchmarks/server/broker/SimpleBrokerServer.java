package dev.realtime.benchmarks.server.broker;

import dev.realtime.autoconfigure.RealtimeAutoConfiguration;
import dev.realtime.autoconfigure.RealtimeEndpointAutoConfiguration;
import dev.realtime.benchmarks.server.BenchmarkSecurity;
import dev.realtime.benchmarks.server.ControlServer;
import dev.realtime.benchmarks.server.Parent;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/**
 * An application with Spring's simple broker, and otherwise defaults. Where ours filters,
 * it has a destination for each id.
 *
 * @since 0.1.0
 */
@SpringBootApplication(exclude = { RealtimeAutoConfiguration.class, RealtimeEndpointAutoConfiguration.class })
@EnableWebSocketMessageBroker
@Import(BenchmarkSecurity.class)
public class SimpleBrokerServer implements WebSocketMessageBrokerConfigurer {

	/**
	 * Main.
	 * @param args the port of the control server, then properties
	 */
	public static void main(String[] args) {
		Parent.dieWith();
		SimpMessagingTemplate template = SpringApplication.run(SimpleBrokerServer.class, args)
			.getBean(SimpMessagingTemplate.class);
		ControlServer.start(Integer.parseInt(args[0]),
				(id, payload) -> template.convertAndSend("/topic/bench." + id, payload));
	}

	@Override
	public void registerStompEndpoints(StompEndpointRegistry registry) {
		registry.addEndpoint("/stomp");
	}

	@Override
	public void configureMessageBroker(MessageBrokerRegistry registry) {
		registry.enableSimpleBroker("/topic");
	}

}
