package dev.realtime.sample.account;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/**
 * The login page.
 */
@Controller
class LoginController {

	private final AccountService accounts;

	LoginController(AccountService accounts) {
		this.accounts = accounts;
	}

	@GetMapping("/login")
	String login(Model model) {
		model.addAttribute("accountsByTenant", this.accounts.findAllByTenant());
		return "login";
	}

}
