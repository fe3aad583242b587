package dev.realtime.system.node;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import dev.realtime.History;
import dev.realtime.Presence;
import dev.realtime.PresenceInfo;
import dev.realtime.PresenceMember;
import dev.realtime.PresenceVisible;
import dev.realtime.PublicationBuilder;
import dev.realtime.Realtime;
import dev.realtime.RealtimeTopic;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application that publishes what it is told over HTTP. A client's bearer token is the
 * name of its tenant, or of the user and the tenant with a dot between them; an at sign
 * and milliseconds since 1970 say when it expires.
 */
@SpringBootApplication
public class NodeApplication {

	public static void main(String[] args) {
		dieWithParent();
		SpringApplication.run(NodeApplication.class, args);
	}

	/**
	 * The parent holds the other end of the standard input until it ends, however it
	 * does.
	 */
	private static void dieWithParent() {
		Thread watch = new Thread(() -> {
			try {
				System.in.transferTo(OutputStream.nullOutputStream());
			}
			catch (IOException ex) {
				// As good as the end.
			}
			Runtime.getRuntime().halt(1);
		}, "parent-watch");
		watch.setDaemon(true);
		watch.start();
	}

	@Bean
	SecurityFilterChain security(HttpSecurity http) {
		return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
			.csrf((csrf) -> csrf.disable())
			.oauth2ResourceServer((server) -> server.jwt(Customizer.withDefaults()))
			.build();
	}

	@Bean
	JwtDecoder jwtDecoder() {
		return (token) -> {
			String[] parts = token.split("@");
			String name = parts[0];
			Instant end = (parts.length > 1) ? Instant.ofEpochMilli(Long.parseLong(parts[1])) : null;
			if (token.startsWith("expired") || (end != null && !Instant.now().isBefore(end))) {
				throw new BadJwtException("The token has expired");
			}
			return Jwt.withTokenValue(token)
				.header("alg", "none")
				.subject((name.indexOf('.') > 0) ? name.substring(0, name.indexOf('.')) : "user")
				.claim("tenant_id", name.substring(name.indexOf('.') + 1))
				.expiresAt(end)
				.build();
		};
	}

	@RealtimeTopic(name = "room.{room}", history = @History(size = 20_000), canSubscribe = "isAuthenticated()")
	static class RoomTopic {

	}

	@RealtimeTopic(name = "hall.{hall}", presence = Presence.MEMBERS, canSubscribe = "isAuthenticated()")
	static class HallTopic {

		@PresenceInfo
		static Map<String, String> info(Authentication user) {
			return Map.of("name", user.getName().toUpperCase(Locale.ROOT));
		}

	}

	@RealtimeTopic(name = "chamber", presence = Presence.MEMBERS, canSubscribe = "isAuthenticated()")
	static class ChamberTopic {

		@PresenceVisible
		static boolean isVisible(PresenceMember member) {
			return member.id().startsWith("a");
		}

	}

	@RealtimeTopic(name = "secret", canSubscribe = "authentication.name == 'root'")
	static class SecretTopic {

	}

	@RealtimeTopic(name = "guarded", canSubscribe = "@guard.isOpen()")
	static class GuardedTopic {

	}

	/**
	 * Lets everybody in, or nobody.
	 */
	@Component("guard")
	public static class Guard {

		private volatile boolean open = true;

		public boolean isOpen() {
			return this.open;
		}

	}

	record Note(int number, String tenant) {

	}

	@RealtimeTopic(name = "item", key = "id", history = @History(size = 10), canSubscribe = "isAuthenticated()")
	record Item(long id, String text) {

	}

	/**
	 * Does not wait for Redis, as an application does not.
	 */
	@RestController
	static class Publishing {

		private final Realtime realtime;

		private final Guard guard;

		Publishing(Realtime realtime, Guard guard) {
			this.realtime = realtime;
			this.guard = guard;
		}

		@PostMapping("/guard")
		void guard(@RequestParam boolean open) {
			this.guard.open = open;
		}

		@PostMapping("/{tenant}/rooms/{room}")
		void room(@PathVariable String tenant, @PathVariable String room, @RequestParam int number,
				@RequestParam Optional<String> event) {
			PublicationBuilder publication = this.realtime.forTenant(tenant)
				.to("room.{room}", room)
				.data(new Note(number, tenant))
				.idempotencyKey(Integer.toString(number));
			event.ifPresent(publication::event);
			publication.publish();
		}

		@PostMapping("/{tenant}/users/{user}")
		void user(@PathVariable String tenant, @PathVariable String user, @RequestParam int number) {
			this.realtime.forTenant(tenant).toUser(user).data(new Note(number, tenant)).publish();
		}

		@PostMapping("/{tenant}/users/{user}/subscriptions")
		void subscribe(@PathVariable String tenant, @PathVariable String user, @RequestParam String topic) {
			this.realtime.forTenant(tenant).user(user).subscribe(topic, Map.of("tenant", tenant));
		}

		@PostMapping("/{tenant}/users/{user}/revocations")
		void revoke(@PathVariable String tenant, @PathVariable String user) {
			this.realtime.forTenant(tenant).access().revoke(user);
		}

		@PostMapping("/{tenant}/users/{user}/rechecks")
		void recheck(@PathVariable String tenant, @PathVariable String user) {
			this.realtime.forTenant(tenant).access().recheck(user);
		}

		@PostMapping("/{tenant}/users/{user}/disconnections")
		void disconnect(@PathVariable String tenant, @PathVariable String user) {
			this.realtime.forTenant(tenant).access().disconnect(user);
		}

		@PostMapping("/{tenant}/items/{id}")
		void item(@PathVariable String tenant, @PathVariable long id, @RequestParam String text) {
			this.realtime.forTenant(tenant).publish(new Item(id, text));
		}

	}

}
