package dev.realtime.autoconfigure.app;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.TestApplication.JobDone;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Where the application publishes.
 */
@RestController
public class Publishing {

	private final Realtime realtime;

	private final TransactionTemplate transaction;

	private final Gates gates;

	private final AtomicLong runs = new AtomicLong();

	Publishing(Realtime realtime, TransactionTemplate transaction, Gates gates) {
		this.realtime = realtime;
		this.transaction = transaction;
		this.gates = gates;
	}

	@Scheduled(fixedDelay = 200)
	void job() {
		JobDone done = new JobDone(this.runs.incrementAndGet());
		this.realtime.forTenant("acme").publish(done);
		this.realtime.forTenant("acme").toUser("scheduled").event("job.done").data(done).publish();
	}

	/**
	 * Publishes, then waits for the gate inside the transaction.
	 */
	@Transactional
	@PostMapping("/rooms/{room}/gated")
	public void publishAndWait(@PathVariable String room, @RequestParam String text) {
		this.realtime.publish("room." + room, Map.of("text", text));
		this.gates.pass(room);
	}

	@Transactional
	@PostMapping("/rooms/{room}/failing")
	public void publishAndFail(@PathVariable String room, @RequestParam String text) {
		this.realtime.publish("room." + room, Map.of("text", text));
		throw new IllegalStateException("rolled back on purpose");
	}

	@PostMapping("/rooms/{room}/now")
	public void publishNow(@PathVariable String room, @RequestParam String text) {
		this.transaction.executeWithoutResult((status) -> {
			this.realtime.to("room." + room).data(Map.of("text", text)).now().publish();
			status.setRollbackOnly();
		});
	}

	@PostMapping("/rooms/{room}")
	public void publish(@PathVariable String room, @RequestParam String text,
			@RequestHeader(name = "X-Connection", required = false) String connection) {
		var publication = this.realtime.to("room.{room}", room).data(Map.of("text", text));
		((connection != null) ? publication.except(connection) : publication).publish();
	}

}
