package dev.realtime.stomp;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

import dev.realtime.core.CloseReason;
import dev.realtime.core.Lane;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a sink of the servlet endpoint says about its end.
 */
@Timeout(30)
class WebSocketSinkStatisticsTests {

	private static final int LIMIT = 10;

	private final PendingSender sender = new PendingSender();

	private final WebSocketSink sink = new WebSocketSink(this.sender, new Lane<>(new StompFrames(), Runnable::run),
			new Heartbeat(0, Duration.ofSeconds(10)), Duration.ofSeconds(1), LIMIT, () -> 0);

	@Test
	void whenClientDoesNotReadThenItIsASlowConsumerAndWhatWaitedIsDropped() {
		send("in flight");
		send("waits");
		assertThat(this.sink.closeReason()).isNull();
		send("too much");
		send("too late");
		assertThat(this.sink.closeReason()).isEqualTo(CloseReason.SLOW_CONSUMER);
		assertThat(this.sink.dropped()).isEqualTo(3);
	}

	@Test
	void whenClientCanNotBeReachedThenTheServerDidNotEndTheConnection() {
		send("in flight");
		send("waits");
		this.sender.done.accept(new IOException("reset"));
		assertThat(this.sink.closeReason()).isNull();
		assertThat(this.sink.dropped()).isEqualTo(1);
	}

	@Test
	void whenClientCanNotBeReachedAnyMoreThenTheFirstReasonStays() {
		send("in flight");
		this.sink.close(CloseReason.UNAUTHORIZED);
		this.sender.done.accept(new IOException("reset"));
		assertThat(this.sink.closeReason()).isEqualTo(CloseReason.UNAUTHORIZED);
	}

	@Test
	void whenConnectDoesNotComeThenThatIsTheReason() {
		this.sink.tick(Duration.ofSeconds(11).toNanos());
		assertThat(this.sink.closeReason()).isEqualTo(CloseReason.CONNECT_TIMEOUT);
	}

	private void send(String text) {
		this.sink.write(new TextMessage(text), 1);
		this.sink.flush();
	}

	/**
	 * A client that takes nothing until the test says so.
	 */
	private static final class PendingSender implements AsyncSender {

		private Consumer<@Nullable Throwable> done;

		@Override
		public void send(WebSocketMessage<?> message, Consumer<@Nullable Throwable> done) {
			this.done = done;
		}

		@Override
		public void close(CloseStatus status) {
		}

	}

}
