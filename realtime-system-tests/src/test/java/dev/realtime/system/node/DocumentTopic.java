package dev.realtime.system.node;

import java.util.Locale;
import java.util.Map;

import dev.realtime.Presence;
import dev.realtime.PresenceInfo;
import dev.realtime.RealtimeTopic;

import org.springframework.security.core.Authentication;

/**
 * What users work on together.
 */
@RealtimeTopic(name = "document.{id}", presence = Presence.MEMBERS, canSubscribe = "isAuthenticated()")
class DocumentTopic {

	@PresenceInfo
	Map<String, String> info(Authentication user) {
		return Map.of("name", user.getName().toUpperCase(Locale.ROOT));
	}

}
