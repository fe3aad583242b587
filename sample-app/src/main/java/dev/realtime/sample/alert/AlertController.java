package dev.realtime.sample.alert;

import dev.realtime.Realtime;
import dev.realtime.sample.account.Account;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;

import org.springframework.http.HttpStatus;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Lets an admin alert the admins of the tenant.
 */
@RestController
class AlertController {

	private final Realtime realtime;

	AlertController(Realtime realtime) {
		this.realtime = realtime;
	}

	@PostMapping("/api/alerts")
	@PreAuthorize("hasRole('ADMIN')")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void send(@AuthenticationPrincipal Account account, @Valid @RequestBody AlertForm form) {
		this.realtime.publish("admin.alert", new AdminAlert(form.text().strip(), account.username()));
	}

	record AlertForm(@NotBlank(message = "Write a message") @Size(max = 200) String text) {

	}

}
