package dev.realtime.system.node;

import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.realtime.Realtime;

import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * What clients may call, and publish to the others.
 */
@RestController
class Calls {

	private final AtomicInteger orders = new AtomicInteger();

	private final Realtime realtime;

	Calls(Realtime realtime) {
		this.realtime = realtime;
	}

	@MessageMapping("follow")
	CompletableFuture<Void> follow(String topic, Principal user) {
		return this.realtime.user(user.getName()).subscribe(topic);
	}

	@MessageMapping("unfollow")
	CompletableFuture<Void> unfollow(String topic, Principal user) {
		return this.realtime.user(user.getName()).unsubscribe(topic);
	}

	@MessageMapping("sum")
	int sum(List<Integer> numbers) {
		return numbers.stream().mapToInt(Integer::intValue).sum();
	}

	@MessageMapping("name")
	String name(Principal user) {
		return user.getName();
	}

	@MessageMapping("nothing")
	void nothing() {
	}

	@MessageMapping("secret")
	String secret() {
		throw new AccessDeniedException("not for you");
	}

	@MessageMapping("sold-out")
	String soldOut() {
		throw new IllegalStateException("none left");
	}

	@MessageExceptionHandler
	Map<String, Object> conflict(IllegalStateException ex) {
		return Map.of("code", "sold-out", "left", 0);
	}

	/**
	 * Takes the order at once, and says so later.
	 */
	@MessageMapping("order")
	CompletableFuture<Integer> order() {
		int number = this.orders.incrementAndGet();
		return CompletableFuture.supplyAsync(() -> number, CompletableFuture.delayedExecutor(2, TimeUnit.SECONDS));
	}

	@PostMapping("/{tenant}/rooms/{room}/others")
	void others(@PathVariable String tenant, @PathVariable String room, @RequestParam int number) {
		this.realtime.forTenant(tenant).to("room.{room}", room).data(Map.of("number", number)).toOthers().publish();
	}

	@GetMapping("/orders")
	int orders() {
		return this.orders.get();
	}

}
