package dev.realtime.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client that sends and receives literal frames, so that nothing of a STOMP library
 * stands between a test and the wire.
 */
final class RawStompClient implements WebSocket.Listener, AutoCloseable {

	private static final HttpClient HTTP = HttpClient.newHttpClient();

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();

	private final CompletableFuture<Integer> closed = new CompletableFuture<>();

	private final StringBuilder partial = new StringBuilder();

	private final WebSocket socket;

	private RawStompClient(URI uri, String user, String origin) {
		WebSocket.Builder builder = HTTP.newWebSocketBuilder().subprotocols("v12.stomp");
		if (user != null) {
			builder.header("Authorization", "Basic "
					+ Base64.getEncoder().encodeToString((user + ":password").getBytes(StandardCharsets.UTF_8)));
		}
		if (origin != null) {
			builder.header("Origin", origin);
		}
		this.socket = builder.buildAsync(uri, this).join();
	}

	static RawStompClient open(int port, String user) {
		return new RawStompClient(URI.create("ws://localhost:" + port + "/realtime"), user, null);
	}

	static RawStompClient open(URI uri, String user, String origin) {
		return new RawStompClient(uri, user, origin);
	}

	static RawStompClient connect(int port, String user) {
		RawStompClient client = open(port, user);
		client.send("CONNECT\naccept-version:1.2\nheart-beat:0,0\n\n\0");
		assertThat(client.next()).startsWith("CONNECTED\nversion:1.2\n");
		return client;
	}

	RawStompClient send(String text) {
		this.socket.sendText(text, true).join();
		return this;
	}

	/**
	 * Subscribes and waits until the subscription is live.
	 */
	String subscribe(String id, String destination, String... headers) {
		StringBuilder frame = new StringBuilder("SUBSCRIBE\nid:" + id + "\ndestination:" + destination + "\n");
		for (String header : headers) {
			frame.append(header).append('\n');
		}
		send(frame.append("receipt:r-").append(id).append("\n\n\0").toString());
		String receipt = next();
		assertThat(receipt).startsWith("RECEIPT\nreceipt-id:r-" + id + "\nposition:");
		return receipt;
	}

	/**
	 * The next frame, without its trailing NUL.
	 */
	String next() {
		try {
			String frame = this.frames.poll(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
			assertThat(frame).as("a frame within %s", TIMEOUT).isNotNull();
			return frame;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Whether frames are waiting. Only meaningful after an answer to something that was
	 * sent later than what could have caused them.
	 */
	boolean hasNext() {
		return !this.frames.isEmpty();
	}

	/**
	 * The code the server closed with.
	 */
	int closeCode() {
		return this.closed.orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).join();
	}

	static String header(String frame, String name) {
		return frame.lines()
			.takeWhile((line) -> !line.isEmpty())
			.filter((line) -> line.startsWith(name + ":"))
			.map((line) -> line.substring(name.length() + 1))
			.findFirst()
			.orElse(null);
	}

	static String body(String frame) {
		return frame.substring(frame.indexOf("\n\n") + 2);
	}

	@Override
	public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
		this.partial.append(data);
		int end = this.partial.indexOf("\0");
		while (end >= 0) {
			this.frames.add(this.partial.substring(0, end).stripLeading());
			this.partial.delete(0, end + 1);
			end = this.partial.indexOf("\0");
		}
		webSocket.request(1);
		return null;
	}

	@Override
	public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
		this.closed.complete(statusCode);
		return null;
	}

	@Override
	public void onError(WebSocket webSocket, Throwable error) {
		this.closed.completeExceptionally(error);
	}

	@Override
	public void close() {
		this.socket.abort();
	}

}
