package dev.realtime.autoconfigure.app;

import jakarta.servlet.http.HttpSession;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Ends HTTP sessions without a logout.
 */
@RestController
class Sessions {

	@PostMapping("/session/end")
	void end(HttpSession session) {
		session.invalidate();
	}

}
