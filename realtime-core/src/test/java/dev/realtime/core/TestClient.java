package dev.realtime.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import dev.realtime.StreamPosition;

/**
 * A connection with what it was sent and which of its subscriptions failed.
 */
final class TestClient {

	private final RealtimeEngine engine;

	private final HistoryOptions history;

	private final RecordingSink sink = new RecordingSink();

	private final Connection<String> connection;

	private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());

	TestClient(RealtimeEngine engine, HistoryOptions history, String id, Lane<String> lane) {
		this.engine = engine;
		this.history = history;
		this.connection = engine.connect(id, lane, this.sink);
	}

	/**
	 * Asks for a subscription with a receipt called {@code r}.
	 */
	SubscribeOutcome subscribe(String id, ChannelId channel, MessageFilter filter, Start start) {
		return subscribe(new SubscriptionRequest(id, channel, filter, start, "r", this.history));
	}

	SubscribeOutcome subscribe(SubscriptionRequest request) {
		return this.engine.subscribe(this.connection, request, this.failures::add);
	}

	void awaitReceipt(String id) throws InterruptedException {
		this.sink.awaitCall((call) -> call.startsWith("write RECEIPT " + id + " "));
	}

	void awaitLive(String id, StreamPosition position) throws InterruptedException {
		this.sink.awaitCall(("write MESSAGE " + id + " " + position + " LIVE")::equals);
	}

	boolean unsubscribe(String id) {
		return this.engine.unsubscribe(this.connection, id);
	}

	void disconnect() {
		this.engine.disconnect(this.connection);
	}

	Connection<String> connection() {
		return this.connection;
	}

	List<String> frames() {
		return this.sink.frames();
	}

	/**
	 * The frames since the last call.
	 */
	List<String> newFrames() {
		return this.sink.clear();
	}

	List<Throwable> failures() {
		return this.failures;
	}

}
