package dev.realtime.stomp;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.realtime.core.CloseReason;
import dev.realtime.core.Lane;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WebSocketSink}.
 */
@Timeout(30)
class WebSocketSinkTests {

	private static final long PENDING_LIMIT = 20_000;

	private final FakeSender sender = new FakeSender();

	private final Queue<Runnable> laneTasks = new ArrayDeque<>();

	private final Lane<WebSocketMessage<?>> lane = new Lane<>(new StompFrames(), this.laneTasks::add);

	private long now;

	private final Heartbeat heartbeat = new Heartbeat(this.now, Duration.ofSeconds(10));

	private final WebSocketSink sink = new WebSocketSink(this.sender, this.lane, this.heartbeat, Duration.ofMillis(100),
			PENDING_LIMIT, () -> this.now);

	@Test
	void whatIsWrittenGoesOutWithTheFlush() {
		write("a");
		assertThat(this.sender.sent).isEmpty();
		this.sink.flush();
		assertThat(this.sender.sent).containsExactly("a");
	}

	@Test
	void whatIsWrittenTogetherGoesOutTogetherAndInOrder() {
		write("a", "b", "c");
		this.sink.flush();
		assertThat(this.sender.sent).containsExactly("abc");
	}

	@Test
	void whileOneSendIsInFlightThereIsNoOther() {
		write("a");
		this.sink.flush();
		write("b");
		this.sink.flush();
		write("c");
		this.sink.flush();
		assertThat(this.sender.sent).containsExactly("a");
		complete();
		assertThat(this.sender.sent).containsExactly("a", "bc");
		complete();
		write("d");
		this.sink.flush();
		assertThat(this.sender.sent).containsExactly("a", "bc", "d");
	}

	@Test
	void laterCompletionWaitsForATurnOfTheLane() {
		write("a");
		this.sink.flush();
		write("b");
		this.sink.flush();
		this.sender.complete(null);
		assertThat(this.sender.sent).containsExactly("a");
		runLane();
		assertThat(this.sender.sent).containsExactly("a", "b");
	}

	@Test
	void whenNothingWaitsThenCompletionDoesNotWakeTheLane() {
		write("a");
		this.sink.flush();
		this.sender.complete(null);
		assertThat(this.laneTasks).isEmpty();
		write("b");
		this.sink.flush();
		assertThat(this.sender.sent).containsExactly("a", "b");
	}

	@Test
	void whenSendsCompleteOnOtherThreadsThenAllGoesOut() throws Exception {
		ExecutorService thread = Executors.newSingleThreadExecutor();
		ExecutorService completing = Executors.newFixedThreadPool(2);
		try {
			Lane<WebSocketMessage<?>> lane = new Lane<>(new StompFrames(), thread);
			Queue<String> sent = new ConcurrentLinkedQueue<>();
			AsyncSender sender = new AsyncSender() {

				@Override
				public void send(WebSocketMessage<?> message, Consumer<Throwable> done) {
					sent.add(message.getPayload().toString());
					completing.execute(() -> done.accept(null));
				}

				@Override
				public void close(CloseStatus status) {
					sent.add("closed");
				}

			};
			WebSocketSink sink = new WebSocketSink(sender, lane, this.heartbeat, Duration.ofMillis(100), Long.MAX_VALUE,
					() -> this.now);
			for (int i = 0; i < 50_000; i++) {
				lane.execute(() -> {
					sink.write(new TextMessage("x"), 1);
					sink.flush();
				});
			}
			lane.execute(() -> sink.close(CloseReason.NORMAL));
			Awaitility.await().until(() -> sent.contains("closed"));
			assertThat(String.join("", sent)).isEqualTo("x".repeat(50_000) + "closed");
		}
		finally {
			thread.shutdownNow();
			completing.shutdownNow();
		}
	}

	@Test
	void whenSendsCompleteAtOnceThenAllGoesOutWithOneFlush() {
		this.sender.inline = true;
		String large = "x".repeat(5_000);
		write(large, large, large);
		this.sink.flush();
		assertThat(this.sender.sent).containsExactly(large, large, large);
		assertThat(this.laneTasks).isEmpty();
	}

	@Test
	void whenSendsCompleteAtOnceThenManyDoNotFillTheStack() {
		this.sender.inline = true;
		for (int i = 0; i < 100_000; i++) {
			this.sink.write(new BinaryMessage(new byte[0]), 1);
		}
		this.sink.flush();
		assertThat(this.sender.sent).hasSize(100_000);
	}

	@Test
	void batchIsBounded() {
		String frame = "x".repeat(4096);
		write(frame, frame, "y");
		this.sink.flush();
		assertThat(this.sender.sent).containsExactly(frame + frame);
		complete();
		assertThat(this.sender.sent).containsExactly(frame + frame, "y");
	}

	@Test
	void largeFramesTravelAlone() {
		String large = "x".repeat(8193);
		write("a", large, "b", "c");
		this.sink.flush();
		complete();
		complete();
		assertThat(this.sender.sent).containsExactly("a", large, "bc");
	}

	@Test
	void binaryFramesTravelAlone() {
		write("a", "b");
		this.sink.write(new BinaryMessage(ByteBuffer.wrap(new byte[] { 1, 2 })), 1);
		this.sink.write(new BinaryMessage(ByteBuffer.wrap(new byte[] { 3 })), 1);
		write("c");
		this.sink.flush();
		complete();
		complete();
		complete();
		assertThat(this.sender.sent).containsExactly("ab", "binary 2", "binary 1", "c");
	}

	@Test
	void closeComesAfterWhatIsPending() {
		write("a");
		this.sink.flush();
		write("b");
		this.sink.close(CloseReason.GOING_AWAY);
		write("c");
		this.sink.flush();
		complete();
		assertThat(this.sender.sent).containsExactly("a", "b");
		assertThat(this.sender.closed).isEmpty();
		complete();
		assertThat(this.sender.closed).containsExactly(new CloseStatus(4000, "going away"));
		assertThat(this.sender.sent).containsExactly("a", "b");
	}

	@Test
	void whenNothingIsPendingThenCloseIsAtOnce() {
		this.sink.close(CloseReason.PROTOCOL_ERROR);
		assertThat(this.sender.closed).containsExactly(new CloseStatus(4500, "protocol error"));
	}

	@Test
	void theFirstReasonCounts() {
		write("a");
		this.sink.flush();
		this.sink.close(CloseReason.UNAUTHORIZED);
		this.sink.close(CloseReason.NORMAL);
		complete();
		this.sink.close(CloseReason.ABUSE);
		assertThat(this.sender.closed).containsExactly(new CloseStatus(4501, "unauthorized"));
	}

	@Test
	void whenClientIsTooSlowThenItIsClosedAndTheRestIsDropped() {
		write("a");
		this.sink.flush();
		write("x".repeat((int) PENDING_LIMIT));
		assertThat(this.sender.closed).isEmpty();
		write("y");
		assertThat(this.sender.closed).containsExactly(new CloseStatus(4001, "slow consumer"));
		write("z");
		this.sink.flush();
		complete();
		this.sink.close(CloseReason.NORMAL);
		assertThat(this.sender.sent).containsExactly("a");
		assertThat(this.sender.closed).hasSize(1);
	}

	@Test
	void whatWasSentIsNotPending() {
		for (int i = 0; i < 10; i++) {
			write("x".repeat(8_000));
			this.sink.flush();
			complete();
		}
		assertThat(this.sender.sent).hasSize(10);
		assertThat(this.sender.closed).isEmpty();
	}

	@Test
	void whatIsWrittenWhileNothingIsInFlightIsNotSlow() {
		this.sender.inline = true;
		for (int i = 0; i < 100; i++) {
			write("x".repeat(1_000));
		}
		this.sink.flush();
		assertThat(String.join("", this.sender.sent)).hasSize(100_000);
		assertThat(this.sender.closed).isEmpty();
	}

	@Test
	void whenSendFailsThenConnectionIsClosedAndTheRestIsDropped() {
		write("a");
		this.sink.flush();
		write("b");
		this.sender.complete(new IllegalStateException("Broken pipe"));
		runLane();
		assertThat(this.sender.sent).containsExactly("a");
		assertThat(this.sender.closed).hasSize(1);
		write("c");
		this.sink.flush();
		assertThat(this.sender.sent).containsExactly("a");
	}

	@Test
	void whenSendFailsAtOnceThenConnectionIsClosed() {
		this.sender.inline = true;
		this.sender.failure = new IllegalStateException("Closed");
		write("x".repeat(8_000), "x".repeat(8_000));
		this.sink.flush();
		assertThat(this.sender.sent).hasSize(1);
		assertThat(this.sender.closed).hasSize(1);
	}

	@Test
	void whenConnectionIsIdleThenThereIsAHeartbeat() {
		connected();
		tick(800);
		assertThat(this.sender.sent).isEmpty();
		tick(950);
		assertThat(this.sender.sent).containsExactly("\n");
	}

	@Test
	void whenSomethingWasSentThenThereIsNoHeartbeat() {
		this.sender.inline = true;
		connected();
		this.now = millis(500);
		write("a");
		this.sink.flush();
		tick(1_000);
		assertThat(this.sender.sent).containsExactly("a");
		tick(1_450);
		assertThat(this.sender.sent).containsExactly("a", "\n");
	}

	@Test
	void whileASendIsInFlightThereIsNoHeartbeat() {
		connected();
		write("a");
		this.sink.flush();
		tick(2_000);
		tick(2_100);
		complete();
		assertThat(this.sender.sent).containsExactly("a");
	}

	@Test
	void whenClosedThenThereIsNoHeartbeat() {
		connected();
		this.sink.close(CloseReason.NORMAL);
		tick(2_000);
		assertThat(this.sender.sent).isEmpty();
	}

	@Test
	void whenClientIsOverdueThenItIsClosedEvenIfASendIsInFlight() {
		connected();
		write("a");
		this.sink.flush();
		write("b");
		tick(3_001);
		assertThat(this.sender.closed).containsExactly(new CloseStatus(4002, "no heart-beat"));
		complete();
		tick(3_100);
		assertThat(this.sender.sent).containsExactly("a");
		assertThat(this.sender.closed).hasSize(1);
	}

	@Test
	void whenNoConnectComesThenItIsClosed() {
		tick(10_000);
		assertThat(this.sender.closed).isEmpty();
		tick(10_001);
		assertThat(this.sender.closed).containsExactly(new CloseStatus(4003, "no CONNECT in time"));
	}

	@Test
	void whenClientDoesNotTakeWhatIsPendingThenCloseDoesNotWaitForever() {
		this.heartbeat.connected(0, 0, 0, 0);
		write("a");
		this.sink.flush();
		this.now = millis(1_000);
		this.sink.close(CloseReason.ABUSE);
		tick(11_000);
		assertThat(this.sender.closed).isEmpty();
		tick(11_001);
		assertThat(this.sender.closed).containsExactly(new CloseStatus(4502, "too many refused frames"));
		complete();
		tick(12_000);
		assertThat(this.sender.closed).hasSize(1);
	}

	@Test
	void whenClientDoesNotTakeWhatIsBeingSentThenItIsDropped() {
		this.heartbeat.connected(0, 0, 0, 0);
		this.now = millis(1_000);
		write("a");
		this.sink.flush();
		tick(21_000);
		assertThat(this.sender.closed).isEmpty();
		tick(21_001);
		assertThat(this.sender.closed).containsExactly(new CloseStatus(4001, "slow consumer"));
	}

	private void connected() {
		this.heartbeat.connected(0, 1_000, 1_000, 1_000);
	}

	private void write(String... frames) {
		for (String frame : frames) {
			this.sink.write(new TextMessage(frame), 1);
		}
	}

	private void complete() {
		this.sender.complete(null);
		runLane();
	}

	private void runLane() {
		while (!this.laneTasks.isEmpty()) {
			this.laneTasks.remove().run();
		}
	}

	private void tick(long millis) {
		this.now = millis(millis);
		this.sink.tick(this.now);
	}

	private static long millis(long millis) {
		return TimeUnit.MILLISECONDS.toNanos(millis);
	}

	/**
	 * Completes its sends at once or when told.
	 */
	private static final class FakeSender implements AsyncSender {

		private final List<String> sent = new ArrayList<>();

		private final List<CloseStatus> closed = new ArrayList<>();

		private Consumer<Throwable> inFlight;

		private boolean inline;

		private Throwable failure;

		@Override
		public void send(WebSocketMessage<?> message, Consumer<Throwable> done) {
			assertThat(this.inFlight).as("one send at a time").isNull();
			this.sent.add(
					(message instanceof TextMessage text) ? text.getPayload() : "binary " + message.getPayloadLength());
			if (this.inline) {
				done.accept(this.failure);
			}
			else {
				this.inFlight = done;
			}
		}

		void complete(Throwable failure) {
			Consumer<Throwable> done = this.inFlight;
			this.inFlight = null;
			done.accept(failure);
		}

		@Override
		public void close(CloseStatus status) {
			this.closed.add(status);
		}

	}

}
