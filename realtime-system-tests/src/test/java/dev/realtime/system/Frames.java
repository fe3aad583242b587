package dev.realtime.system;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A client that sends and receives literal frames.
 */
final class Frames implements WebSocket.Listener, AutoCloseable {

	private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

	private final StringBuilder incomplete = new StringBuilder();

	private final WebSocket socket;

	Frames(HttpClient http, URI endpoint) {
		this(http, endpoint, null);
	}

	/**
	 * Opens a connection.
	 * @param origin where the page is from, or {@code null} if there is none
	 */
	Frames(HttpClient http, URI endpoint, String origin) {
		WebSocket.Builder builder = http.newWebSocketBuilder().subprotocols("v12.stomp");
		if (origin != null) {
			builder.header("Origin", origin);
		}
		this.socket = builder.buildAsync(endpoint, this).join();
	}

	/**
	 * Connects.
	 * @param credentials lines of CONNECT
	 * @return the answer
	 */
	String connect(String credentials) throws InterruptedException {
		return connect(credentials, "0,0");
	}

	String connect(String credentials, String heartbeat) throws InterruptedException {
		return exchange(
				"CONNECT\naccept-version:1.2\nhost:localhost\nheart-beat:" + heartbeat + "\n" + credentials + "\n\0");
	}

	/**
	 * Subscribes.
	 * @param headers lines of SUBSCRIBE
	 * @return the answer
	 */
	String subscribe(String topic, String headers) throws InterruptedException {
		ask(topic, headers);
		return next();
	}

	/**
	 * Subscribes, and does not wait for the answer.
	 * @param headers lines of SUBSCRIBE
	 */
	void ask(String topic, String headers) {
		send("SUBSCRIBE\nid:s-" + topic + "\ndestination:/realtime/" + topic + "\nreceipt:r\n" + headers + "\n\0");
	}

	/**
	 * Sends an event to a topic.
	 * @return the receipt
	 */
	String send(String topic, String event, String body) throws InterruptedException {
		return exchange("SEND\ndestination:/realtime/" + topic + "\nevent:" + event + "\nreceipt:r\n\n" + body + "\0");
	}

	/**
	 * Calls a method of the application.
	 * @return the reply
	 */
	String call(String destination) throws InterruptedException {
		exchange("SUBSCRIBE\nid:replies\ndestination:/realtime/@replies\nreceipt:replies\n\n\0");
		return exchange("SEND\ndestination:" + destination + "\nreply-to:replies\ncorrelation-id:1\n\n\0");
	}

	private String exchange(String frame) throws InterruptedException {
		send(frame);
		return next();
	}

	private void send(String frame) {
		this.socket.sendText(frame, true).join();
	}

	String next() throws InterruptedException {
		String frame = this.received.poll(60, TimeUnit.SECONDS);
		if (frame == null) {
			throw new AssertionError("No frame came");
		}
		return frame;
	}

	/**
	 * Whether nothing comes for so long.
	 */
	boolean isSilentFor(Duration duration) throws InterruptedException {
		return this.received.poll(duration.toNanos(), TimeUnit.NANOSECONDS) == null;
	}

	boolean isSilent() {
		return this.received.isEmpty();
	}

	@Override
	public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
		this.incomplete.append(data);
		for (int end = this.incomplete.indexOf("\0"); end >= 0; end = this.incomplete.indexOf("\0")) {
			this.received.add(this.incomplete.substring(0, end).stripLeading());
			this.incomplete.delete(0, end + 1);
		}
		webSocket.request(1);
		return null;
	}

	@Override
	public void onError(WebSocket webSocket, Throwable error) {
		this.received.add("closed 1006");
	}

	@Override
	public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
		this.received.add("closed " + code);
		return null;
	}

	@Override
	public void close() {
		this.socket.abort();
	}

}
