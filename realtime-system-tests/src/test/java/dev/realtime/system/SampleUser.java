package dev.realtime.system;

import java.lang.reflect.Type;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.springframework.http.HttpHeaders;
import org.springframework.messaging.simp.stomp.ConnectionLostException;
import org.springframework.messaging.simp.stomp.StompFrameHandler;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A user of the sample application who is logged in on one node and watches contacts.
 */
final class SampleUser implements AutoCloseable {

	private static final Pattern FORM_TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

	private static final Pattern PAGE_TOKEN = Pattern.compile("name=\"csrf-token\" content=\"([^\"]+)\"");

	private static final Pattern PAGE_HEADER = Pattern.compile("name=\"csrf-header\" content=\"([^\"]+)\"");

	private static final int SPREAD_MILLIS = 1000;

	private final CookieManager cookies = new CookieManager();

	private final HttpClient http = HttpClient.newBuilder()
		.cookieHandler(this.cookies)
		.followRedirects(HttpClient.Redirect.NORMAL)
		.build();

	/** Without it Spring's client tracks no receipts. */
	private final SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler();

	private final Queue<Message> messages = new ConcurrentLinkedQueue<>();

	private final Queue<String> faults = new ConcurrentLinkedQueue<>();

	private final Supplier<Node> nodes;

	private final Node home;

	private final String csrfHeader;

	private final String csrfToken;

	private volatile StompSession session;

	private volatile Node connectedTo;

	private volatile String lastId;

	SampleUser(Node node, String name) throws Exception {
		this(node, name, () -> node);
	}

	/**
	 * Logs in on a node and connects there.
	 * @param nodes where to connect next, once the connection is lost
	 */
	SampleUser(Node node, String name, Supplier<Node> nodes) throws Exception {
		this.home = node;
		this.nodes = nodes;
		String token = find(FORM_TOKEN, get("/login"));
		HttpRequest login = request("/login").header("Content-Type", "application/x-www-form-urlencoded")
			.POST(BodyPublishers.ofString("username=" + name + "&password=password&_csrf=" + token))
			.build();
		this.http.send(login, BodyHandlers.ofString());
		String page = get("/");
		this.csrfHeader = find(PAGE_HEADER, page);
		this.csrfToken = find(PAGE_TOKEN, page);
		connect(node);
	}

	/**
	 * Connects with the cookies of the browser: one of them logs in everywhere.
	 */
	private void connect(Node node) throws Exception {
		WebSocketHttpHeaders headers = new WebSocketHttpHeaders();
		headers.add(HttpHeaders.COOKIE,
				this.cookies.getCookieStore()
					.getCookies()
					.stream()
					.map((cookie) -> cookie.getName() + "=" + cookie.getValue())
					.collect(Collectors.joining("; ")));
		WebSocketStompClient client = new WebSocketStompClient(new StandardWebSocketClient());
		client.setTaskScheduler(this.scheduler);
		this.session = client.connectAsync(node.endpoints().get(0), headers, new StompHeaders(), new Losses())
			.get(60, TimeUnit.SECONDS);
		subscribe();
		this.connectedTo = node;
	}

	private void subscribe() throws Exception {
		StompHeaders subscribe = new StompHeaders();
		subscribe.setDestination("/realtime/contact.updated");
		if (this.lastId != null) {
			subscribe.add("since", this.lastId);
		}
		else {
			subscribe.add("replay", "none");
		}
		subscribe.setReceipt("live");
		CompletableFuture<StompHeaders> live = new CompletableFuture<>();
		this.session.subscribe(subscribe, new Messages()).addReceiptTask(live::complete);
		StompHeaders receipt = live.get(60, TimeUnit.SECONDS);
		if (this.lastId == null) {
			this.lastId = receipt.getFirst("position");
		}
		else if (!"true".equals(receipt.getFirst("recovered"))) {
			this.faults.add("Not recovered: " + receipt);
		}
	}

	private void comeBack() {
		this.connectedTo = null;
		Instant soon = Instant.now().plusMillis(ThreadLocalRandom.current().nextInt(SPREAD_MILLIS));
		this.scheduler.schedule(() -> {
			try {
				connect(this.nodes.get());
			}
			catch (Exception ex) {
				this.faults.add("Did not come back: " + ex);
			}
		}, soon);
	}

	boolean isConnectedTo(Node node) {
		return this.connectedTo == node;
	}

	/**
	 * What should not happen.
	 */
	Queue<String> faults() {
		return this.faults;
	}

	/**
	 * Writes down a new value for a contact.
	 */
	void edit(int contact, int value) throws Exception {
		String body = """
				{"name": "Ada", "company": "Engines", "email": "ada@example.org", "phone": "", "stage": "WON",
				"note": "", "dealValue": %d}""".formatted(value);
		HttpRequest request = request("/api/contacts/" + contact).header("Content-Type", "application/json")
			.header(this.csrfHeader, this.csrfToken)
			.PUT(BodyPublishers.ofString(body))
			.build();
		assertThat(this.http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
	}

	private String get(String path) throws Exception {
		return this.http.send(request(path).build(), BodyHandlers.ofString()).body();
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.home.port() + path))
			.timeout(Duration.ofSeconds(60));
	}

	private static String find(Pattern pattern, String page) {
		Matcher matcher = pattern.matcher(page);
		assertThat(matcher.find()).as("%s in %s", pattern, page).isTrue();
		return matcher.group(1);
	}

	/**
	 * What the user got so far.
	 */
	Queue<Message> messages() {
		return this.messages;
	}

	@Override
	public void close() {
		this.session.disconnect();
		this.scheduler.close();
	}

	/**
	 * A message.
	 *
	 * @param id its position
	 * @param body the data
	 */
	record Message(String id, String body) {

		long offset() {
			return Long.parseLong(this.id.substring(this.id.indexOf('-') + 1));
		}

	}

	/**
	 * Collects messages.
	 */
	private final class Messages implements StompFrameHandler {

		@Override
		public Type getPayloadType(StompHeaders headers) {
			return byte[].class;
		}

		@Override
		public void handleFrame(StompHeaders headers, Object payload) {
			String body = new String((byte[]) payload, StandardCharsets.UTF_8);
			if (headers.getFirst("realtime-control") != null) {
				SampleUser.this.faults.add(body);
				return;
			}
			SampleUser.this.lastId = headers.getMessageId();
			SampleUser.this.messages.add(new Message(headers.getMessageId(), body));
		}

	}

	/**
	 * Hears when the connection is lost.
	 */
	private final class Losses extends StompSessionHandlerAdapter {

		@Override
		public void handleTransportError(StompSession session, Throwable failure) {
			if (failure instanceof ConnectionLostException) {
				comeBack();
			}
		}

	}

}
