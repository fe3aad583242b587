package dev.realtime.system;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
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
		this.socket = http.newWebSocketBuilder().subprotocols("v12.stomp").buildAsync(endpoint, this).join();
	}

	/**
	 * Connects.
	 * @param credentials lines of CONNECT
	 * @return the answer
	 */
	String connect(String credentials) throws InterruptedException {
		return exchange("CONNECT\naccept-version:1.2\nhost:localhost\nheart-beat:0,0\n" + credentials + "\n\0");
	}

	/**
	 * Subscribes.
	 * @param headers lines of SUBSCRIBE
	 * @return the answer
	 */
	String subscribe(String topic, String headers) throws InterruptedException {
		return exchange(
				"SUBSCRIBE\nid:" + topic + "\ndestination:/realtime/" + topic + "\nreceipt:r\n" + headers + "\n\0");
	}

	private String exchange(String frame) throws InterruptedException {
		this.socket.sendText(frame, true).join();
		return next();
	}

	String next() throws InterruptedException {
		String frame = this.received.poll(60, TimeUnit.SECONDS);
		if (frame == null) {
			throw new AssertionError("No frame came");
		}
		return frame;
	}

	@Override
	public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
		this.incomplete.append(data);
		for (int end = this.incomplete.indexOf("\0"); end >= 0; end = this.incomplete.indexOf("\0")) {
			this.received.add(this.incomplete.substring(0, end));
			this.incomplete.delete(0, end + 1);
		}
		webSocket.request(1);
		return null;
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
