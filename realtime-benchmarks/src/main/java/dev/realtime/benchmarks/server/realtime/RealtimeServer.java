package dev.realtime.benchmarks.server.realtime;

import dev.realtime.CanPublish;
import dev.realtime.CanSubscribe;
import dev.realtime.Realtime;
import dev.realtime.RealtimeTopic;
import dev.realtime.Tenant;
import dev.realtime.benchmarks.server.BenchmarkSecurity;
import dev.realtime.benchmarks.server.BenchmarkUser;
import dev.realtime.benchmarks.server.ControlServer;
import dev.realtime.benchmarks.server.FuturePublisher;
import dev.realtime.benchmarks.server.Parent;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/**
 * An application with one topic, its rule and its key, a tenant, and otherwise defaults.
 *
 * @since 0.1.0
 */
@SpringBootApplication
@Import(BenchmarkSecurity.class)
public class RealtimeServer {

	/**
	 * Main.
	 * @param args the port of the control server, then properties
	 */
	public static void main(String[] args) {
		Parent.dieWith();
		Realtime realtime = SpringApplication.run(RealtimeServer.class, args)
			.getBean(Realtime.class)
			.forTenant(BenchmarkUser.TENANT);
		ControlServer.start(Integer.parseInt(args[0]),
				new FuturePublisher((payload) -> realtime.publish("bench", payload)));
	}

	/**
	 * For the dedicated port, where CONNECT brings a token. Any will do: it is not the
	 * signature that is measured.
	 */
	@Bean
	JwtDecoder jwtDecoder() {
		return (token) -> Jwt.withTokenValue(token)
			.header("alg", "none")
			.subject("user")
			.claim("tenant_id", BenchmarkUser.tenantOf(token))
			.build();
	}

	@RealtimeTopic(name = "bench", key = "id")
	static class BenchTopic {

		@CanSubscribe
		boolean canSubscribe(Authentication user, Tenant tenant) {
			return user.isAuthenticated() && !tenant.id().isEmpty();
		}

	}

	@RealtimeTopic("cursors")
	static class CursorsTopic {

		@CanSubscribe
		boolean canSubscribe(Authentication user) {
			return user.isAuthenticated();
		}

		@CanPublish
		boolean canPublish(Authentication user) {
			return user.isAuthenticated();
		}

	}

}
