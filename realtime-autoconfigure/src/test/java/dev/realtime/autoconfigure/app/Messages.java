package dev.realtime.autoconfigure.app;

import java.security.Principal;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.support.MethodArgumentNotValidException;
import org.springframework.messaging.simp.annotation.SendToUser;
import org.springframework.messaging.simp.annotation.SubscribeMapping;
import org.springframework.stereotype.Controller;

/**
 * What clients may send to the application.
 */
@Controller
public class Messages {

	private final Gates gates;

	private final List<String> handled = new CopyOnWriteArrayList<>();

	Messages(Gates gates) {
		this.gates = gates;
	}

	/**
	 * What was handled.
	 * @return the texts, in order
	 */
	public List<String> handled() {
		return this.handled;
	}

	@MessageMapping("echo")
	@SendToUser(destinations = "/queue/echo", broadcast = false)
	String echo(String text) {
		return "echo " + text;
	}

	@MessageMapping("whoami")
	@SendToUser(destinations = "/queue/whoami", broadcast = false)
	String whoami(Principal user) {
		return user.getName();
	}

	@MessageMapping("note")
	void note(String text) {
		this.handled.add(text);
	}

	@MessageMapping("gated.{gate}")
	void gated(@DestinationVariable String gate, String text) {
		this.gates.pass(gate);
		this.handled.add(text);
	}

	@MessageMapping("broken")
	void broken() {
		throw new IllegalStateException("broken on purpose");
	}

	@MessageExceptionHandler
	@SendToUser(destinations = "/queue/errors", broadcast = false)
	String failed(IllegalStateException ex) {
		return "failed";
	}

	/**
	 * What can not be read is the client's fault, and nothing for the log.
	 */
	@MessageExceptionHandler({ MethodArgumentNotValidException.class, MessageConversionException.class })
	void unreadable() {
	}

	@SubscribeMapping("greeting")
	String greeting(Principal user) {
		return "hello " + user.getName();
	}

}
