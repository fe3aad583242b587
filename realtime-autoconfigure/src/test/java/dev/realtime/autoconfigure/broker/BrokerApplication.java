package dev.realtime.autoconfigure.broker;

import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.realtime.RealtimeTopic;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.annotation.SendToUser;
import org.springframework.messaging.simp.annotation.SubscribeMapping;
import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.support.ExecutorChannelInterceptor;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.messaging.access.intercept.AuthorizationChannelInterceptor;
import org.springframework.security.messaging.access.intercept.MessageMatcherDelegatingAuthorizationManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Controller;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/**
 * An application that had STOMP before: an endpoint, a broker, controllers and security
 * rules of its own. With {@code broker.everything} its broker serves all destinations.
 */
@SpringBootApplication
public class BrokerApplication {

	@Bean
	SecurityFilterChain security(HttpSecurity http) {
		return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
			.httpBasic(Customizer.withDefaults())
			.csrf((csrf) -> csrf.disable())
			.build();
	}

	@Bean
	UserDetailsService users() {
		return (name) -> User.withUsername(name).password("{noop}password").roles("USER").build();
	}

	@Bean
	Seen seen() {
		return new Seen(new CopyOnWriteArrayList<>());
	}

	/**
	 * What the handlers of the application were given.
	 *
	 * @param frames type, destination and session
	 */
	public record Seen(List<String> frames) {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebSocketMessageBroker
	static class BrokerConfiguration implements WebSocketMessageBrokerConfigurer {

		private final Seen seen;

		private final boolean everything;

		BrokerConfiguration(Seen seen, @Value("${broker.everything:false}") boolean everything) {
			this.seen = seen;
			this.everything = everything;
		}

		@Override
		public void registerStompEndpoints(StompEndpointRegistry registry) {
			registry.addEndpoint("/ws");
			registry.setPreserveReceiveOrder(true);
		}

		@Override
		public void configureMessageBroker(MessageBrokerRegistry registry) {
			registry.setApplicationDestinationPrefixes("/api");
			registry.setPreservePublishOrder(true);
			if (this.everything) {
				registry.enableSimpleBroker();
			}
			else {
				registry.enableSimpleBroker("/topic", "/queue");
			}
		}

		@Override
		public void configureClientInboundChannel(ChannelRegistration registration) {
			registration.interceptors(rules(), new SeeingInterceptor(this.seen));
		}

		private static AuthorizationChannelInterceptor rules() {
			return new AuthorizationChannelInterceptor(MessageMatcherDelegatingAuthorizationManager.builder()
				.simpSubscribeDestMatchers("/topic/secret", "/realtime/secret")
				.denyAll()
				.simpMessageDestMatchers("/api/secret")
				.access((user, message) -> new AuthorizationDecision(false))
				.anyMessage()
				.permitAll()
				.build());
		}

	}

	/**
	 * Notes what handlers are given.
	 */
	private record SeeingInterceptor(Seen seen) implements ExecutorChannelInterceptor {

		@Override
		public Message<?> beforeHandle(Message<?> message, MessageChannel channel, MessageHandler handler) {
			Map<String, Object> headers = message.getHeaders();
			this.seen.frames()
				.add(SimpMessageType.class.cast(SimpMessageHeaderAccessor.getMessageType(headers)) + " "
						+ SimpMessageHeaderAccessor.getDestination(headers) + " "
						+ SimpMessageHeaderAccessor.getSessionId(headers));
			return message;
		}

	}

	@RealtimeTopic(name = "room.{room}", canSubscribe = "isAuthenticated()")
	static class RoomTopic {

	}

	@RealtimeTopic(name = "secret", canSubscribe = "permitAll()")
	static class SecretTopic {

	}

	@Controller
	static class Chat {

		@MessageMapping("say")
		@SendTo("/topic/said")
		String say(String text) {
			return "said " + text;
		}

		@MessageMapping("whisper")
		@SendToUser("/queue/whispers")
		String whisper(String text, Principal user) {
			return user.getName() + " whispers " + text;
		}

		@MessageMapping("ask")
		String ask(String text) {
			return "asked " + text;
		}

		@SubscribeMapping("greeting")
		String greeting() {
			return "hello";
		}

	}

}
