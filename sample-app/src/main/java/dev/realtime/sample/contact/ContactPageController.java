package dev.realtime.sample.contact;

import dev.realtime.sample.account.Account;
import dev.realtime.sample.pipeline.PipelineService;

import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/**
 * The page with the list of contacts.
 */
@Controller
class ContactPageController {

	private final ContactService contacts;

	private final PipelineService pipeline;

	ContactPageController(ContactService contacts, PipelineService pipeline) {
		this.contacts = contacts;
		this.pipeline = pipeline;
	}

	@GetMapping("/")
	String list(@AuthenticationPrincipal Account account, Model model) {
		model.addAttribute("account", account);
		model.addAttribute("contacts", this.contacts.findAll(account));
		model.addAttribute("stages", Stage.values());
		model.addAttribute("stats", this.pipeline.stats(account.tenantId()));
		return "contacts";
	}

}
