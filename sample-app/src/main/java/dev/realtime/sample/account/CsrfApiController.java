package dev.realtime.sample.account;

import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A CSRF token for pages that are older than their session.
 */
@RestController
class CsrfApiController {

	@GetMapping("/api/csrf")
	CsrfToken csrfToken(CsrfToken token) {
		return token;
	}

}
