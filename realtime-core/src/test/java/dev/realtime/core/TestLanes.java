package dev.realtime.core;

import java.time.Duration;
import java.util.List;

import org.assertj.core.api.InstanceOfAssertFactories;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two lanes whose work a test can wait for.
 */
final class TestLanes implements AutoCloseable {

	private final List<Lane<String>> lanes;

	private final Runnable close;

	private int next;

	private TestLanes(List<Lane<String>> lanes, Runnable close) {
		this.lanes = lanes;
		this.close = close;
	}

	/**
	 * Lanes that run every task at once, on the thread that hands it over.
	 */
	static TestLanes direct(TextEncoder encoder) {
		return new TestLanes(List.of(new Lane<>(encoder, Runnable::run), new Lane<>(encoder, Runnable::run)), () -> {
		});
	}

	/**
	 * Lanes with a thread each.
	 */
	static TestLanes threads(TextEncoder encoder) {
		Lanes<String> lanes = new Lanes<>(2, "test-lane", encoder, Duration.ofHours(1));
		return new TestLanes(List.of(lanes.next(), lanes.next()), lanes::close);
	}

	Lane<String> get(int index) {
		return this.lanes.get(index);
	}

	Lane<String> next() {
		return this.lanes.get(this.next++ % this.lanes.size());
	}

	/**
	 * Returns when everything handed over before has run and is flushed.
	 */
	void settle() throws InterruptedException {
		for (Lane<String> lane : this.lanes) {
			RecordingSink sink = new RecordingSink();
			new Connection<>("last", lane, sink).send("frame");
			sink.awaitCall("flush"::equals);
		}
	}

	/**
	 * No lane knows a subscription or a connection any more.
	 */
	void assertEmpty() throws InterruptedException {
		settle();
		assertThat(this.lanes).allSatisfy((lane) -> {
			assertThat(lane).extracting("channels", as(InstanceOfAssertFactories.MAP)).isEmpty();
			assertThat(lane).extracting("connections", as(InstanceOfAssertFactories.ITERABLE)).isEmpty();
		});
	}

	@Override
	public void close() {
		this.close.run();
	}

}
