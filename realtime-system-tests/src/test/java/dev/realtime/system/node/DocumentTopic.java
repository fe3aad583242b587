package dev.realtime.system.node;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import dev.realtime.CanPublish;
import dev.realtime.OnClientEvent;
import dev.realtime.Presence;
import dev.realtime.PresenceInfo;
import dev.realtime.RealtimeTopic;
import dev.realtime.RejectedEventException;

import org.springframework.security.core.Authentication;

/**
 * What users work on together.
 */
@RealtimeTopic(name = "document.{id}", presence = Presence.MEMBERS, canSubscribe = "isAuthenticated()")
class DocumentTopic {

	private final AtomicInteger version = new AtomicInteger(1);

	@PresenceInfo
	Map<String, String> info(Authentication user) {
		return Map.of("name", user.getName().toUpperCase(Locale.ROOT));
	}

	@CanPublish
	boolean canPublish(Authentication user) {
		return user.isAuthenticated();
	}

	@OnClientEvent("edit")
	Edit edited(Edit edit) {
		if (!this.version.compareAndSet(edit.version(), edit.version() + 1)) {
			throw new RejectedEventException("Somebody was faster", Map.of("version", this.version.get()));
		}
		return new Edit(edit.version() + 1);
	}

	record Edit(int version) {

	}

}
