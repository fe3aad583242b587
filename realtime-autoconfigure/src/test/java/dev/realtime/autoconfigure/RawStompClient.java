package dev.realtime.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import javax.net.ssl.SSLContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client that sends and receives literal frames, so that nothing of a STOMP library
 * stands between a test and the wire.
 */
final class RawStompClient implements WebSocket.Listener, AutoCloseable {

	private static final HttpClient HTTP = HttpClient.newHttpClient();

	static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final AtomicInteger MARKERS = new AtomicInteger();

	private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();

	private final BlockingQueue<Long> heartbeats = new LinkedBlockingQueue<>();

	private final CompletableFuture<Integer> closed = new CompletableFuture<>();

	private volatile String closeReason = "";

	private final StringBuilder partial = new StringBuilder();

	private final WebSocket socket;

	private volatile boolean paused;

	private String connected = "";

	private RawStompClient(Handshake handshake) {
		WebSocket.Builder builder = handshake.http.newWebSocketBuilder();
		handshake.headers.forEach(builder::header);
		if (handshake.protocol != null) {
			builder.subprotocols(handshake.protocol);
		}
		this.socket = builder.buildAsync(handshake.uri, this).join();
	}

	static Handshake handshake(int port) {
		return new Handshake(URI.create("ws://localhost:" + port + "/realtime"));
	}

	static RawStompClient open(int port, String user) {
		return handshake(port).basic(user).open();
	}

	static RawStompClient connect(int port, String user) {
		return handshake(port).basic(user).connect();
	}

	/**
	 * Sends CONNECT and waits for CONNECTED.
	 */
	RawStompClient connect(String... headers) {
		send("CONNECT\naccept-version:1.2\nheart-beat:0,0\n" + lines(headers) + "\n\0");
		this.connected = next();
		assertThat(this.connected).startsWith("CONNECTED\nversion:1.2\n");
		return this;
	}

	RawStompClient send(String text) {
		this.socket.sendText(text, true).join();
		return this;
	}

	RawStompClient send(byte[] bytes) {
		this.socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
		return this;
	}

	/**
	 * Subscribes and waits until the subscription is live.
	 */
	String subscribe(String id, String destination, String... headers) {
		sendSubscribe(id, destination, headers);
		String receipt = next();
		assertThat(receipt).startsWith("RECEIPT\nreceipt-id:r-" + id + "\nposition:");
		return receipt;
	}

	void sendSubscribe(String id, String destination, String... headers) {
		send("SUBSCRIBE\nid:" + id + "\ndestination:" + destination + "\n" + lines(headers) + "receipt:r-" + id
				+ "\n\n\0");
	}

	/**
	 * Subscribes to what is refused, and checks that this harms nothing.
	 * @return the code of the refusal
	 */
	String subscribeInVain(String id, String destination, String... headers) {
		sendSubscribe(id, destination, headers);
		String denied = next();
		assertThat(denied).startsWith("MESSAGE\n");
		assertThat(header(denied, "realtime-control")).isEqualTo("denied");
		assertThat(header(denied, "subscription")).isEqualTo(id);
		expectNothingElse();
		return code(denied);
	}

	void unsubscribe(String id) {
		send("UNSUBSCRIBE\nid:" + id + "\nreceipt:u-" + id + "\n\n\0");
		assertThat(next()).isEqualTo("RECEIPT\nreceipt-id:u-" + id + "\n\n");
	}

	/**
	 * Subscribes to something else: what comes back must be the receipt for that, so
	 * there is nothing else on its way, and the connection is unharmed.
	 */
	void expectNothingElse() {
		String id = "marker" + MARKERS.incrementAndGet();
		subscribe(id, "/realtime/room.marker", "replay:none");
		unsubscribe(id);
		assertThat(this.frames).isEmpty();
	}

	/**
	 * The server refuses to go on: exactly one ERROR, then the close frame.
	 * @return the ERROR
	 */
	String expectFailure(int closeCode) {
		assertThat(closeCode()).isEqualTo(closeCode);
		assertThat(this.frames).hasSize(1);
		String error = next();
		assertThat(error).startsWith("ERROR\nmessage:");
		assertThat(error).doesNotContain("org.", "java", "dev.realtime", "Exception", "/", "class ");
		return error;
	}

	/**
	 * The next frame, without its trailing NUL.
	 */
	String next() {
		try {
			String frame = this.frames.poll(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
			assertThat(frame).as("a frame within %s, close code %s", TIMEOUT, this.closed).isNotNull();
			return frame;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	List<String> next(int count) {
		return IntStream.range(0, count).mapToObj((i) -> next()).toList();
	}

	/**
	 * All frames before the one with this body.
	 */
	List<String> untilBody(String body) {
		List<String> before = new ArrayList<>();
		for (String frame = next(); !body(frame).equals(body); frame = next()) {
			before.add(frame);
		}
		return before;
	}

	/**
	 * Whether frames are waiting. Only meaningful after an answer to something that was
	 * sent later than what could have caused them.
	 */
	boolean hasNext() {
		return !this.frames.isEmpty();
	}

	/**
	 * Waits for a heart-beat.
	 * @return when it arrived
	 */
	long nextHeartbeat() {
		try {
			Long time = this.heartbeats.poll(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
			assertThat(time).as("a heart-beat within %s", TIMEOUT).isNotNull();
			return time;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	boolean hasHeartbeat() {
		return !this.heartbeats.isEmpty();
	}

	/**
	 * The code the server closed with.
	 */
	int closeCode() {
		return this.closed.orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).join();
	}

	/**
	 * The words that came with the code.
	 */
	String closeReason() {
		return this.closeReason;
	}

	boolean isClosed() {
		return this.closed.isDone();
	}

	/**
	 * Reads no more from the network, as a client that hangs.
	 */
	void pause() {
		this.paused = true;
	}

	void resume() {
		this.paused = false;
		this.socket.request(1);
	}

	String connected() {
		return this.connected;
	}

	String session() {
		return header(this.connected, "session");
	}

	/**
	 * Whether the id of the connection is a random one. Those of generators that can be
	 * computed from one another are so by chance, one in 64.
	 */
	boolean hasSecretId() {
		UUID id = UUID.fromString(session());
		return id.version() == 4 && id.variant() == 2;
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

	/**
	 * The code of a control message.
	 */
	static String code(String frame) {
		String body = body(frame);
		assertThat(body).matches("\\{\"code\":\"[a-z-]+\",\"detail\":\"[^\"\\\\]+\"}");
		return body.substring("{\"code\":\"".length(), body.indexOf("\",\"detail"));
	}

	static long offset(String frame) {
		String name = frame.startsWith("MESSAGE") ? "message-id" : "position";
		String position = header(frame, name);
		return Long.parseLong(position.substring(position.indexOf('-') + 1));
	}

	private static String lines(String... headers) {
		StringBuilder lines = new StringBuilder();
		for (String header : headers) {
			lines.append(header).append('\n');
		}
		return lines.toString();
	}

	@Override
	public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
		this.partial.append(data);
		takeHeartbeats();
		int end = this.partial.indexOf("\0");
		while (end >= 0) {
			this.frames.add(this.partial.substring(0, end));
			this.partial.delete(0, end + 1);
			takeHeartbeats();
			end = this.partial.indexOf("\0");
		}
		if (!this.paused) {
			webSocket.request(1);
		}
		return null;
	}

	private void takeHeartbeats() {
		while (!this.partial.isEmpty() && this.partial.charAt(0) == '\n') {
			this.heartbeats.add(System.nanoTime());
			this.partial.deleteCharAt(0);
		}
	}

	@Override
	public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
		this.closeReason = reason;
		this.closed.complete(statusCode);
		return null;
	}

	@Override
	public void onError(WebSocket webSocket, Throwable error) {
		this.closed.completeExceptionally(error);
	}

	/**
	 * Sends a close frame.
	 */
	void closeNormally() {
		this.socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
	}

	/**
	 * Drops the TCP connection without a word.
	 */
	@Override
	public void close() {
		this.socket.abort();
	}

	/**
	 * The HTTP side of a connection.
	 */
	static final class Handshake {

		private final Map<String, String> headers = new LinkedHashMap<>();

		private HttpClient http = HTTP;

		private URI uri;

		private String protocol = "v12.stomp";

		Handshake(URI uri) {
			this.uri = uri;
		}

		Handshake path(String path) {
			this.uri = this.uri.resolve(path);
			return this;
		}

		Handshake tls(SSLContext ssl) {
			this.http = HttpClient.newBuilder().sslContext(ssl).build();
			this.uri = URI.create(this.uri.toString().replace("ws:", "wss:"));
			return this;
		}

		Handshake basic(String user) {
			byte[] credentials = (user + ":password").getBytes(StandardCharsets.UTF_8);
			return header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
		}

		Handshake header(String name, String value) {
			this.headers.put(name, value);
			return this;
		}

		Handshake protocol(String protocol) {
			this.protocol = protocol;
			return this;
		}

		RawStompClient open() {
			return new RawStompClient(this);
		}

		RawStompClient connect(String... headers) {
			return open().connect(headers);
		}

		/**
		 * The HTTP status of the answer: 101 if the server accepts.
		 */
		int status() {
			try (RawStompClient client = open()) {
				return 101;
			}
			catch (CompletionException ex) {
				if (ex.getCause() instanceof WebSocketHandshakeException refused) {
					return refused.getResponse().statusCode();
				}
				throw ex;
			}
		}

	}

}
