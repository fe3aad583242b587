package dev.realtime.autoconfigure.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import dev.realtime.CanPublish;
import dev.realtime.ClientEvent;
import dev.realtime.Decision;
import dev.realtime.OnClientEvent;
import dev.realtime.RealtimeTopic;
import dev.realtime.RejectedEventException;
import dev.realtime.Scope;
import dev.realtime.Tenant;
import dev.realtime.TopicVariable;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;

import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.Authentication;

/**
 * Topics that clients send to.
 */
public final class ClientEventTopics {

	private ClientEventTopics() {
	}

	/** Typing indicators, and calls from browser to browser. */
	@RealtimeTopic(name = "parlour.{room}", canSubscribe = "isAuthenticated()")
	static class ParlourTopic {

		@CanPublish
		static boolean canPublish(Authentication user) {
			return user.isAuthenticated();
		}

	}

	@RealtimeTopic(name = "chat.{room}", key = "id", canSubscribe = "isAuthenticated()")
	static class ChatTopic {

		@CanPublish(record = true)
		static boolean canPublish() {
			return true;
		}

	}

	/** Rules and methods that take as long as tests like. */
	@RealtimeTopic(name = "hanging.{room}", canSubscribe = "isAuthenticated()")
	static class HangingTopic {

		private final Gates gates;

		HangingTopic(Gates gates) {
			this.gates = gates;
		}

		@CanPublish
		boolean canPublish(@TopicVariable String room) {
			if (room.startsWith("rule")) {
				this.gates.pass(room);
			}
			return true;
		}

		@OnClientEvent("hang")
		void hang(@TopicVariable String room) {
			this.gates.pass(room);
		}

	}

	@RealtimeTopic(name = "square.{room}", scope = Scope.GLOBAL, canSubscribe = "isAuthenticated()")
	static class SquareTopic {

		@CanPublish
		static boolean canPublish() {
			return true;
		}

	}

	@RealtimeTopic(name = "stage.{room}", canSubscribe = "isAuthenticated()")
	public static class StageTopic {

		private final Permits permits;

		private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();

		StageTopic(Permits permits) {
			this.permits = permits;
		}

		@CanPublish
		Decision canPublish(@TopicVariable String room, Authentication user) {
			this.asked.computeIfAbsent(room, (absent) -> new AtomicInteger()).incrementAndGet();
			return this.permits.decide(user.getName(), "stage " + room);
		}

		/**
		 * How often the rule was asked about a room.
		 * @param room the room
		 * @return the number of times
		 */
		public int asked(String room) {
			return this.asked.getOrDefault(room, new AtomicInteger()).get();
		}

	}

	/**
	 * A text that several people edit: an edit is an insertion into the version that its
	 * author saw last. Live cursors are checked and pass by.
	 */
	@RealtimeTopic(name = "text.{id}", canSubscribe = "isAuthenticated()")
	static class TextTopic {

		private final Map<String, List<Edit>> texts = new ConcurrentHashMap<>();

		@CanPublish
		boolean canPublish(@TopicVariable long id) {
			return id > 0;
		}

		@OnClientEvent("cursor_move")
		void cursorMoved(@Valid Cursor cursor) {
		}

		@OnClientEvent(value = "edit", record = true)
		Edit edited(@Valid Insertion insertion, @TopicVariable String id, Tenant tenant, ClientEvent event) {
			List<Edit> edits = this.texts.computeIfAbsent(tenant.id() + "/" + id, (absent) -> new ArrayList<>());
			synchronized (edits) {
				if (insertion.version() != edits.size()) {
					throw new RejectedEventException("Somebody else was faster", Map.of("version", edits.size()));
				}
				Edit edit = new Edit(edits.size() + 1, insertion.at(), insertion.text(), event.user());
				edits.add(edit);
				return edit;
			}
		}

		@OnClientEvent("draft")
		Object swallowed() {
			return null;
		}

		@OnClientEvent("whisper")
		Map<String, Object> whispered(Map<String, Object> body, ClientEvent event, Authentication user) {
			return Map.of("said", body, "event", event, "user", user.getName());
		}

		@OnClientEvent("numbers")
		void numbers(List<Integer> numbers) {
		}

		@OnClientEvent("cursors")
		void cursors(@Valid List<Cursor> cursors) {
		}

		@OnClientEvent("cursors_by_name")
		void cursorsByName(@Valid Map<String, Cursor> cursors) {
		}

		@OnClientEvent("unwritable")
		Object unwritable() {
			return Map.of("text", "x".repeat(20_000));
		}

		@OnClientEvent("unspeakable")
		void unspeakable() {
			throw new RejectedEventException("No", "x".repeat(20_000));
		}

		@OnClientEvent("forbidden")
		void forbidden() {
			throw new AccessDeniedException("not you");
		}

		@OnClientEvent("broken")
		void broken() {
			throw new IllegalStateException("broken on purpose");
		}

	}

	record Cursor(@Min(0) int line, @Min(0) @Max(1000) int column) {

	}

	record Insertion(@Min(0) int version, int at, @NotBlank String text) {

	}

	record Edit(int version, int at, String text, String by) {

	}

}
