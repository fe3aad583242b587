package dev.realtime.autoconfigure.app;

import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

import com.fasterxml.jackson.annotation.JsonView;
import dev.realtime.Realtime;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;

import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.simp.annotation.SendToUser;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * What clients may call, some of it by HTTP as well.
 */
@RestController
public class Contacts {

	private final Realtime realtime;

	private final Queue<CompletableFuture<Contact>> pending = new ConcurrentLinkedQueue<>();

	Contacts(Realtime realtime) {
		this.realtime = realtime;
	}

	/**
	 * Finishes everything that was begun with {@code contacts.later}.
	 */
	public void finish() {
		while (!this.pending.isEmpty()) {
			this.pending.remove().complete(new Contact(1, "late", "nobody"));
		}
	}

	/**
	 * How many wait for {@link #finish()}.
	 * @return their number
	 */
	public int pending() {
		return this.pending.size();
	}

	@GetMapping("/contacts/{id}")
	@MessageMapping("contacts.get.{id}")
	Contact get(@PathVariable @DestinationVariable long id, Principal user) {
		if (id > 100) {
			throw new UnknownContactException();
		}
		return new Contact(id, "Ada", user.getName());
	}

	@PostMapping("/contacts")
	@MessageMapping("contacts.save")
	Contact save(@RequestBody @Valid ContactForm form, Principal user) {
		return new Contact(7, form.name(), user.getName());
	}

	@ExceptionHandler
	@MessageExceptionHandler
	@ResponseStatus(org.springframework.http.HttpStatus.NOT_FOUND)
	Map<String, Object> unknown(UnknownContactException ex) {
		return Map.of("code", "unknown-contact");
	}

	@MessageMapping("contacts.touch")
	void touch(Map<String, Object> contact) {
	}

	@MessageMapping("contacts.none")
	Contact none() {
		return null;
	}

	@MessageMapping("contacts.text")
	String text() {
		return "say \"hi\"";
	}

	@MessageMapping("contacts.later")
	CompletableFuture<Contact> later() {
		CompletableFuture<Contact> later = new CompletableFuture<>();
		this.pending.add(later);
		return later;
	}

	@MessageMapping("contacts.done")
	CompletableFuture<Void> done() {
		return CompletableFuture.runAsync(() -> {
		});
	}

	@MessageMapping("contacts.refused")
	CompletableFuture<Contact> refused() {
		return CompletableFuture.supplyAsync(() -> {
			throw new AccessDeniedException("not you");
		});
	}

	@MessageMapping("contacts.missed")
	CompletableFuture<Contact> missed() {
		return CompletableFuture.supplyAsync(() -> {
			throw new UnknownContactException();
		});
	}

	@PreAuthorize("hasRole('ADMIN')")
	@MessageMapping("contacts.delete")
	public String delete() {
		return "deleted";
	}

	@MessageMapping("contacts.principal")
	boolean principal(@AuthenticationPrincipal Object principal) {
		return principal != null && !(principal instanceof byte[]);
	}

	@MessageMapping("contacts.broken")
	Contact broken() {
		throw new IllegalArgumentException("internal text");
	}

	@MessageMapping("contacts.unwritable")
	Object unwritable() {
		return new Object() {

			public String getName() {
				throw new IllegalArgumentException("internal text");
			}

		};
	}

	@MessageMapping("contacts.swallowed")
	Contact swallowed() {
		throw new IllegalStateException("internal text");
	}

	@MessageExceptionHandler
	void swallow(IllegalStateException ex) {
	}

	@MessageMapping("contacts.entity.{status}")
	ResponseEntity<List<String>> entity(@DestinationVariable int status) {
		return ResponseEntity.status(HttpStatusCode.valueOf(status)).body((status == 200) ? List.of("a") : null);
	}

	@MessageMapping("contacts.announce")
	@SendToUser(destinations = "/queue/contacts", broadcast = false)
	String announce() {
		return "new";
	}

	@MessageMapping("contacts.tell.{room}")
	void tell(@DestinationVariable String room) {
		this.realtime.publish("room." + room, Map.of("told", true));
	}

	@JsonView(Overview.class)
	@MessageMapping("contacts.overview")
	Details overview() {
		return new Details("Ada", "secret");
	}

	/**
	 * A contact.
	 */
	record Contact(long id, String name, String by) {

	}

	/**
	 * What clients write.
	 */
	record ContactForm(@NotBlank(message = "Give it a name") @Size(max = 10) String name) {

	}

	/**
	 * More than everybody may know.
	 */
	record Details(@JsonView(Overview.class) String name, @JsonView(Everything.class) String notes) {

	}

	private interface Overview {

	}

	private interface Everything {

	}

	private static final class UnknownContactException extends RuntimeException {

	}

}
