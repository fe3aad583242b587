package dev.realtime.autoconfigure.app;

import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.realtime.CanSubscribe;
import dev.realtime.Decision;
import dev.realtime.History;
import dev.realtime.Overflow;
import dev.realtime.Presence;
import dev.realtime.PresenceInfo;
import dev.realtime.PresenceJoinedEvent;
import dev.realtime.PresenceLeftEvent;
import dev.realtime.PresenceMember;
import dev.realtime.PresenceVisible;
import dev.realtime.RealtimeTopic;
import dev.realtime.Replay;
import dev.realtime.Scope;
import dev.realtime.TenantAware;
import dev.realtime.TopicFilter;
import dev.realtime.TopicVariable;
import dev.realtime.TrackPresence;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * An application with two tenants. Users are written {@code name}, or {@code name@tenant}
 * where two tenants have users of the same name.
 */
@SpringBootApplication
@EnableScheduling
@EnableMethodSecurity
public class TestApplication {

	/** For tests with more than one node, or with the dedicated port. */
	public static final String SECRET = "realtime.token.secret=0123456789abcdef0123456789abcdef";

	private static final Map<String, String> TENANTS = Map.of("alice", "acme", "bob", "acme", "carol", "globex");

	@Bean
	SecurityFilterChain security(HttpSecurity http) {
		return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
			.httpBasic(Customizer.withDefaults())
			.formLogin(Customizer.withDefaults())
			.csrf((csrf) -> csrf.disable())
			.build();
	}

	@Bean
	UserDetailsService users() {
		return (login) -> {
			if (login.equals("nobody")) {
				return new Account(login, null, "ROLE_USER");
			}
			if (login.contains("@")) {
				return new Account(login.substring(0, login.indexOf('@')), login.substring(login.indexOf('@') + 1),
						"ROLE_USER");
			}
			if (!TENANTS.containsKey(login)) {
				throw new UsernameNotFoundException(login);
			}
			return new Account(login, TENANTS.get(login), login.equals("alice") ? "ROLE_ADMIN" : "ROLE_USER");
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

	@RealtimeTopic(name = "room.{room}", canSubscribe = "isAuthenticated()")
	static class RoomTopic {

	}

	@RealtimeTopic(name = "item.{room}", key = "id", canSubscribe = "isAuthenticated()")
	static class ItemTopic {

	}

	@RealtimeTopic(name = "price.{room}", key = "id", overflow = Overflow.CONFLATE, canSubscribe = "isAuthenticated()")
	static class PriceTopic {

	}

	@RealtimeTopic(name = "cell.{room}", key = { "row", "column" }, canSubscribe = "isAuthenticated()")
	static class CellTopic {

	}

	@RealtimeTopic(name = "short.{room}", history = @History(size = 5), canSubscribe = "isAuthenticated()")
	static class ShortTopic {

	}

	@RealtimeTopic(name = "quiet.{room}", replay = Replay.NONE, canSubscribe = "isAuthenticated()")
	static class QuietTopic {

	}

	@RealtimeTopic(name = "notice.{room}", scope = Scope.GLOBAL, canSubscribe = "isAuthenticated()")
	static class NoticeTopic {

	}

	@RealtimeTopic(name = "mail.{room}", scope = Scope.USER, canSubscribe = "isAuthenticated()")
	static class MailTopic {

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

	@RealtimeTopic(name = "job.done", canSubscribe = "isAuthenticated()")
	public record JobDone(long run) {

	}

	@Component
	public static class Documents {

		boolean isVisible(long id) {
			return id == 42;
		}

		@PreAuthorize("hasRole('ADMIN')")
		public boolean isVisibleToAdmin() {
			return true;
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

	@RealtimeTopic("secured.rule")
	static class SecuredTopic {

		private final Documents documents;

		SecuredTopic(Documents documents) {
			this.documents = documents;
		}

		@CanSubscribe
		boolean canSubscribe() {
			return this.documents.isVisibleToAdmin();
		}

	}

	@RealtimeTopic("gated.{room}")
	static class GatedTopic {

		private final Gates gates;

		GatedTopic(Gates gates) {
			this.gates = gates;
		}

		@CanSubscribe
		boolean canSubscribe(@TopicVariable String room, Authentication user) {
			this.gates.pass(room);
			return user.isAuthenticated();
		}

	}

	@RealtimeTopic("permitted.{room}")
	static class PermittedTopic {

		private final Permits permits;

		PermittedTopic(Permits permits) {
			this.permits = permits;
		}

		@CanSubscribe
		Decision canSubscribe(@TopicVariable String room, Authentication user) {
			return this.permits.decide(user.getName(), room);
		}

	}

	@RealtimeTopic("broken.rule")
	static class BrokenTopic {

		@CanSubscribe
		static boolean canSubscribe() {
			throw new IllegalStateException("broken on purpose");
		}

	}

	@RealtimeTopic("denying.rule")
	static class DenyingTopic {

		@CanSubscribe
		static boolean canSubscribe() {
			throw new AccessDeniedException("not you");
		}

	}

	@RealtimeTopic(name = "lobby.{room}", presence = Presence.MEMBERS, canSubscribe = "isAuthenticated()")
	static class LobbyTopic {

		@PresenceInfo
		Guest info(Principal user, @TopicVariable String room) {
			return new Guest(StringUtils.capitalize(user.getName()), room);
		}

		record Guest(String name, String room) {

		}

	}

	@RealtimeTopic(name = "lobby.{room}.staff", presence = Presence.MEMBERS, canSubscribe = "denyAll")
	static class LobbyStaffTopic {

	}

	@RealtimeTopic(name = "crowd.{room}", presence = Presence.COUNT, canSubscribe = "isAuthenticated()")
	static class CrowdTopic {

	}

	@RealtimeTopic(name = "plaza.{room}", presence = Presence.MEMBERS, scope = Scope.GLOBAL,
			canSubscribe = "isAuthenticated()")
	static class PlazaTopic {

	}

	/**
	 * Nobody but alice sees alice.
	 */
	@RealtimeTopic(name = "discreet.{room}", presence = Presence.MEMBERS, canSubscribe = "isAuthenticated()")
	static class DiscreetTopic {

		@PresenceVisible
		static boolean isVisible(PresenceMember member, Authentication viewer) {
			return !member.id().equals("alice") && viewer.isAuthenticated();
		}

	}

	/**
	 * What may change while members are there.
	 */
	@Component
	public static class Cast {

		private final Map<String, String> names = new ConcurrentHashMap<>();

		private final Set<String> hidden = ConcurrentHashMap.newKeySet();

		/**
		 * Gives somebody a name.
		 * @param name the name, or a question mark if nobody can tell
		 */
		public void rename(String user, String name) {
			this.names.put(user, name);
		}

		public void hide(String member, String viewer) {
			this.hidden.add(member + " " + viewer);
		}

		public void show(String member, String viewer) {
			this.hidden.remove(member + " " + viewer);
		}

	}

	@RealtimeTopic(name = "cast.{room}", presence = Presence.MEMBERS, canSubscribe = "isAuthenticated()")
	static class CastTopic {

		private final Cast cast;

		CastTopic(Cast cast) {
			this.cast = cast;
		}

		@PresenceInfo
		Map<String, String> info(Principal user) {
			String name = this.cast.names.getOrDefault(user.getName(), user.getName());
			if (name.equals("?")) {
				throw new IllegalStateException("Expected by a test");
			}
			return Map.of("name", name);
		}

		@PresenceVisible
		boolean isVisible(PresenceMember member, Authentication viewer) {
			return !this.cast.hidden.contains(member.id() + " " + viewer.getName());
		}

	}

	@RealtimeTopic(name = "undescribed.{room}", presence = Presence.MEMBERS, canSubscribe = "isAuthenticated()")
	static class UndescribedTopic {

		@PresenceInfo
		static String info() {
			return "no object";
		}

	}

	@RealtimeTopic(name = "secluded.{room}", presence = Presence.MEMBERS, canSubscribe = "denyAll")
	static class SecludedTopic {

	}

	@RestController
	static class DeskController {

		@GetMapping("/desks/{desk}")
		@TrackPresence("lobby.{desk}")
		String desk(@PathVariable String desk) {
			if (desk.startsWith("none")) {
				throw new ResponseStatusException(HttpStatus.NOT_FOUND);
			}
			return "desk";
		}

		@GetMapping("/nowhere")
		@TrackPresence("room.{desk}")
		String nowhere() {
			return "nowhere";
		}

	}

	/**
	 * What the application was told about who came and left.
	 */
	@Component
	public static class Visits {

		private final Queue<Object> events = new ConcurrentLinkedQueue<>();

		@EventListener
		void on(PresenceJoinedEvent event) {
			this.events.add(event);
		}

		@EventListener
		void on(PresenceLeftEvent event) {
			this.events.add(event);
		}

		public List<String> of(String topic) {
			return this.events.stream()
				.map((event) -> (event instanceof PresenceJoinedEvent joined)
						? joined.topic() + " " + joined.tenant().id() + " +" + joined.member().id()
						: ((PresenceLeftEvent) event).topic() + " " + ((PresenceLeftEvent) event).tenant().id() + " -"
								+ ((PresenceLeftEvent) event).member().id())
				.filter((text) -> text.startsWith(topic + " "))
				.map((text) -> text.substring(topic.length() + 1))
				.toList();
		}

	}

}
