package dev.realtime.system;

import java.lang.reflect.Type;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.springframework.messaging.simp.stomp.StompFrameHandler;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;

/**
 * The topic of items, whose last message is replayed, seen with Spring's own client.
 */
final class Items {

	private Items() {
	}

	/**
	 * The first message that a new subscription to an item gets.
	 */
	static String last(URI endpoint, long id) throws Exception {
		StompHeaders connect = new StompHeaders();
		connect.add("Authorization", "Bearer acme");
		StompSession session = new WebSocketStompClient(new StandardWebSocketClient())
			.connectAsync(endpoint, null, connect, new StompSessionHandlerAdapter() {
			})
			.get(60, TimeUnit.SECONDS);
		try {
			StompHeaders subscribe = new StompHeaders();
			subscribe.setDestination("/realtime/item");
			subscribe.add("filter", "{\"id\":" + id + "}");
			First first = new First();
			session.subscribe(subscribe, first);
			return first.body.get(60, TimeUnit.SECONDS);
		}
		finally {
			session.disconnect();
		}
	}

	/**
	 * Waits for one message.
	 */
	private static final class First implements StompFrameHandler {

		private final CompletableFuture<String> body = new CompletableFuture<>();

		@Override
		public Type getPayloadType(StompHeaders headers) {
			return byte[].class;
		}

		@Override
		public void handleFrame(StompHeaders headers, Object payload) {
			this.body.complete(new String((byte[]) payload, StandardCharsets.UTF_8));
		}

	}

}
