package dev.realtime.autoconfigure.app;

import dev.realtime.Realtime;
import jakarta.servlet.http.HttpSession;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Ends HTTP sessions without a logout, and subscribes their connections.
 */
@RestController
class Sessions {

	private final Realtime realtime;

	Sessions(Realtime realtime) {
		this.realtime = realtime;
	}

	@PostMapping("/session/end")
	void end(HttpSession session) {
		session.invalidate();
	}

	@PostMapping("/session/subscriptions")
	void subscribe(HttpSession session, @RequestParam String topic) {
		this.realtime.session(session.getId()).subscribe(topic).join();
	}

}
