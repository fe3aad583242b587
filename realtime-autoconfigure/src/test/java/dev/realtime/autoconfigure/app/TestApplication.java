package dev.realtime.autoconfigure.app;

import java.util.List;
import java.util.Map;

import dev.realtime.CanSubscribe;
import dev.realtime.RealtimeTopic;
import dev.realtime.Scope;
import dev.realtime.TenantAware;
import dev.realtime.TopicFilter;
import dev.realtime.TopicVariable;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.simp.annotation.SendToUser;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Controller;

/**
 * An application with two tenants.
 */
@SpringBootApplication
public class TestApplication {

	private static final Map<String, String> TENANTS = Map.of("alice", "acme", "bob", "acme", "carol", "globex");

	@Bean
	SecurityFilterChain security(HttpSecurity http) {
		return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
			.httpBasic(Customizer.withDefaults())
			.csrf((csrf) -> csrf.disable())
			.build();
	}

	@Bean
	UserDetailsService users() {
		return (name) -> {
			if (name.equals("nobody")) {
				return new Account(name, null, "ROLE_USER");
			}
			if (!TENANTS.containsKey(name)) {
				throw new UsernameNotFoundException(name);
			}
			return new Account(name, TENANTS.get(name), name.equals("alice") ? "ROLE_ADMIN" : "ROLE_USER");
		};
	}

	public static final class Account extends User implements TenantAware {

		private final String tenantId;

		Account(String name, String tenantId, String role) {
			super(name, "{noop}password", AuthorityUtils.createAuthorityList(role));
			this.tenantId = tenantId;
		}

		@Override
		public String getTenantId() {
			return this.tenantId;
		}

	}

	@RealtimeTopic(name = "contact.updated", key = "id", canSubscribe = "isAuthenticated()")
	public record ContactUpdated(long id, String by) {

	}

	@RealtimeTopic(name = "admin.alert", canSubscribe = "hasRole('ADMIN')")
	static class AdminAlertTopic {

	}

	@RealtimeTopic(name = "maintenance", scope = Scope.GLOBAL, canSubscribe = "isAuthenticated()")
	public record Maintenance(String text) {

	}

	@RealtimeTopic(name = "inbox", scope = Scope.USER, canSubscribe = "isAuthenticated()")
	static class InboxTopic {

	}

	@Component
	public static class Documents {

		boolean isVisible(long id) {
			return id == 42;
		}

	}

	@RealtimeTopic("document.{id}")
	static class DocumentTopic {

		private final Documents documents;

		DocumentTopic(Documents documents) {
			this.documents = documents;
		}

		@CanSubscribe
		boolean canSubscribe(@TopicVariable long id, TopicFilter filter) {
			return this.documents.isVisible(id) && !List.of("secret").equals(filter.getAll("kind"));
		}

	}

	@RealtimeTopic("broken.rule")
	static class BrokenTopic {

		@CanSubscribe
		static boolean canSubscribe() {
			throw new IllegalStateException("broken on purpose");
		}

	}

	@Controller
	static class EchoController {

		@MessageMapping("echo")
		@SendToUser(destinations = "/queue/echo", broadcast = false)
		String echo(String text) {
			return "echo " + text;
		}

	}

}
