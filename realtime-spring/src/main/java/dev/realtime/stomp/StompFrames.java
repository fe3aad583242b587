package dev.realtime.stomp;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.realtime.StreamPosition;
import dev.realtime.core.DeliveryMode;
import dev.realtime.core.FrameEncoder;
import dev.realtime.core.JoinedFrames;
import dev.realtime.core.Publication;
import dev.realtime.core.Subscription;
import dev.realtime.serverside.ServerSubscription;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Writes the frames that are ours as STOMP 1.2. Frames of the application's own
 * destinations are Spring's.
 *
 * @since 0.1.0
 */
public final class StompFrames implements FrameEncoder<WebSocketMessage<?>> {

	static final String DESTINATION_PREFIX = "/realtime/";

	/**
	 * Several STOMP frames share one WebSocket message up to this many characters: the
	 * default buffer of Java clients. Larger frames travel alone.
	 */
	private static final int BATCH_LENGTH = 8 * 1024;

	static final TextMessage HEARTBEAT = new TextMessage("\n");

	@Override
	public TextMessage message(Publication publication, Subscription<WebSocketMessage<?>> subscription,
			DeliveryMode mode) {
		return new TextMessage(messageHead(publication, subscription, mode)
				+ new String(publication.data(), StandardCharsets.UTF_8) + '\0');
	}

	/**
	 * A MESSAGE frame up to its body, for transports that send the body as it is.
	 * @param publication the publication
	 * @param subscription the subscription
	 * @param mode how the publication comes to the subscription
	 * @return the headers and the empty line
	 */
	public String messageHead(Publication publication, Subscription<?> subscription, DeliveryMode mode) {
		Frame frame = new Frame("MESSAGE").header("subscription", subscription.id())
			.header("message-id", ((mode == DeliveryMode.EPHEMERAL) ? "~" : "") + publication.position())
			.header("destination", DESTINATION_PREFIX + subscription.channel().name())
			.header("content-type", "application/json")
			.header("timestamp", Long.toString(publication.timestamp()));
		if (publication.event() != null) {
			frame.header("event", publication.event());
		}
		if (mode == DeliveryMode.REPLAY) {
			frame.header("replay", "true");
		}
		else if (mode == DeliveryMode.RECOVERED) {
			frame.header("recovered", "true");
		}
		else if (mode == DeliveryMode.EPHEMERAL) {
			frame.header("ephemeral", "true");
		}
		if (publication.sender() != null) {
			frame.header("from-user", publication.sender().user())
				.header("from-connection", publication.sender().connection());
		}
		return frame.head(publication.data().length);
	}

	@Override
	public TextMessage live(Subscription<WebSocketMessage<?>> subscription, String receipt, StreamPosition position,
			@Nullable Boolean recovered) {
		return new TextMessage(liveText(subscription, receipt, position, recovered));
	}

	/**
	 * Word that a subscription is live.
	 * @param subscription the subscription
	 * @param receipt what the client called it
	 * @param position where the channel stands
	 * @param recovered whether everything since the client's position follows, or
	 * {@code null} if the client gave none
	 * @return a RECEIPT frame, or a MESSAGE frame about a subscription that the server
	 * began
	 */
	public String liveText(Subscription<?> subscription, String receipt, StreamPosition position,
			@Nullable Boolean recovered) {
		boolean serverSide = ServerSubscription.isServerSide(subscription.id());
		Frame frame = serverSide ? serverSideFrame("subscribed", subscription)
				: new Frame("RECEIPT").header("receipt-id", receipt);
		frame.header("position", position.toString());
		if (recovered != null) {
			frame.header("recovered", recovered.toString());
		}
		return serverSide ? frame.body(serverSideBody(subscription)) : frame.empty();
	}

	/**
	 * Word that the server ended a subscription that it began.
	 */
	TextMessage unsubscribed(Subscription<?> subscription) {
		return new TextMessage(serverSideFrame("unsubscribed", subscription).body(serverSideBody(subscription)));
	}

	private static Frame serverSideFrame(String control, Subscription<?> subscription) {
		return controlFrame(control, subscription.id(), DESTINATION_PREFIX + subscription.channel().name());
	}

	private static byte[] serverSideBody(Subscription<?> subscription) {
		String json = "{\"topic\":\"" + subscription.channel().name() + "\",\"filter\":"
				+ ServerSubscription.filterOf(subscription.id()) + "}";
		return json.getBytes(StandardCharsets.UTF_8);
	}

	@Override
	public TextMessage gap(Subscription<WebSocketMessage<?>> subscription) {
		return new TextMessage(gapText(subscription));
	}

	/**
	 * Word that publications are missing.
	 * @param subscription the subscription
	 * @return a MESSAGE frame
	 */
	public String gapText(Subscription<?> subscription) {
		return control("gap", subscription.id(), DESTINATION_PREFIX + subscription.channel().name(),
				ControlCode.HISTORY_LOST, ControlCode.HISTORY_LOST.detail());
	}

	@Override
	public TextMessage control(Subscription<WebSocketMessage<?>> subscription, String kind, byte[] body) {
		return new TextMessage(
				controlHead(subscription, kind, body.length) + new String(body, StandardCharsets.UTF_8) + '\0');
	}

	/**
	 * Word about a subscription up to its body, for transports that send the body as it
	 * is.
	 * @param subscription the subscription
	 * @param kind what it is about
	 * @param length the bytes of the body
	 * @return the headers and the empty line
	 */
	public String controlHead(Subscription<?> subscription, String kind, int length) {
		return controlFrame(kind, subscription.id(), DESTINATION_PREFIX + subscription.channel().name()).head(length);
	}

	@Override
	public List<JoinedFrames<WebSocketMessage<?>>> join(List<WebSocketMessage<?>> frames) {
		List<JoinedFrames<WebSocketMessage<?>>> messages = new ArrayList<>();
		int from = 0;
		while (from < frames.size()) {
			WebSocketMessage<?> first = frames.get(from);
			int length = length(first);
			int to = from + 1;
			while (to < frames.size() && isJoinable(first, length, frames.get(to))) {
				length += length(frames.get(to++));
			}
			messages.add(new JoinedFrames<>(join(frames.subList(from, to), length), to - from));
			from = to;
		}
		return messages;
	}

	private static WebSocketMessage<?> join(List<WebSocketMessage<?>> frames, int length) {
		if (frames.size() == 1) {
			return frames.get(0);
		}
		StringBuilder text = new StringBuilder(length);
		frames.forEach((frame) -> text.append(frame.getPayload()));
		return new TextMessage(text);
	}

	/**
	 * Whether a frame may follow in the same WebSocket message.
	 */
	static boolean isJoinable(WebSocketMessage<?> first, int length, WebSocketMessage<?> next) {
		return first instanceof TextMessage && next instanceof TextMessage && length + length(next) <= BATCH_LENGTH;
	}

	static int length(WebSocketMessage<?> frame) {
		return (frame.getPayload() instanceof String text) ? text.length() : frame.getPayloadLength();
	}

	TextMessage denied(String subscriptionId, String destination, ControlCode code, String detail) {
		return new TextMessage(control("denied", subscriptionId, destination, code, detail));
	}

	/**
	 * Word that a subscription was ended, or never became live and never will.
	 */
	TextMessage withdrawn(Subscription<?> subscription, boolean live, ControlCode code) {
		return new TextMessage(control(live ? "revoked" : "denied", subscription.id(),
				DESTINATION_PREFIX + subscription.channel().name(), code, code.detail()));
	}

	static byte[] controlBody(ControlCode code, String detail) {
		String json = "{\"code\":\"" + code.code() + "\",\"detail\":\"" + detail + "\"}";
		return json.getBytes(StandardCharsets.UTF_8);
	}

	private static String control(String control, String subscriptionId, String destination, ControlCode code,
			String detail) {
		return controlFrame(control, subscriptionId, destination).body(controlBody(code, detail));
	}

	private static Frame controlFrame(String control, String subscriptionId, String destination) {
		return new Frame("MESSAGE").header("subscription", subscriptionId)
			.header("message-id", "control")
			.header("destination", destination)
			.header("content-type", "application/json")
			.header("realtime-control", control);
	}

	/**
	 * Word that a subscription was refused because the client asks for too much.
	 */
	TextMessage rateLimited(String subscriptionId, String destination, Duration retryAfter) {
		return new TextMessage(
				controlFrame("denied", subscriptionId, destination).header("retry-after", millis(retryAfter))
					.body(controlBody(ControlCode.RATE_LIMITED, ControlCode.RATE_LIMITED.detail())));
	}

	/**
	 * Word that a SEND was refused because the client sends too much.
	 */
	TextMessage rateLimitedReceipt(String receipt, Duration retryAfter) {
		return new TextMessage(
				refusedReceiptFrame(receipt, ControlCode.RATE_LIMITED).header("retry-after", millis(retryAfter))
					.empty());
	}

	private static String millis(Duration duration) {
		return Long.toString(duration.toMillis());
	}

	/**
	 * What became of a call.
	 */
	TextMessage reply(String subscriptionId, @Nullable String correlationId, byte[] json, boolean error,
			@Nullable Duration retryAfter) {
		Frame frame = new Frame("MESSAGE").header("subscription", subscriptionId)
			.header("message-id", "reply")
			.header("destination", Calls.DESTINATION)
			.header("content-type", "application/json");
		if (correlationId != null) {
			frame.header("correlation-id", correlationId);
		}
		if (error) {
			frame.header("realtime-control", "error");
		}
		if (retryAfter != null) {
			frame.header("retry-after", millis(retryAfter));
		}
		return new TextMessage(frame.body(json));
	}

	TextMessage receipt(String receipt) {
		return new TextMessage(new Frame("RECEIPT").header("receipt-id", receipt).empty());
	}

	/**
	 * Word that a fresh token was accepted.
	 */
	TextMessage refreshed(String receipt, @Nullable Duration lifetime) {
		Frame frame = new Frame("RECEIPT").header("receipt-id", receipt);
		if (lifetime != null) {
			frame.header("expires-in", Long.toString(lifetime.toMillis()));
		}
		return new TextMessage(frame.empty());
	}

	TextMessage refusedReceipt(String receipt, ControlCode code) {
		return new TextMessage(refusedReceiptFrame(receipt, code).empty());
	}

	/**
	 * Word that a SEND was refused, with what there is to say beyond the code.
	 */
	TextMessage refusedReceipt(String receipt, DeniedException why) {
		Frame frame = refusedReceiptFrame(receipt, why.code());
		if (!why.detail().equals(why.code().detail())) {
			frame.header("detail", why.detail());
		}
		if (why.data() != null) {
			frame.header("data", why.data());
		}
		return new TextMessage(frame.empty());
	}

	private static Frame refusedReceiptFrame(String receipt, ControlCode code) {
		return new Frame("RECEIPT").header("receipt-id", receipt)
			.header("realtime-control", "denied")
			.header("code", code.code());
	}

	TextMessage connected(String version, String sessionId, long heartbeat, String userName,
			@Nullable Duration lifetime) {
		// STOMP 1.2, "Value Encoding": CONNECTED is not escaped, so no line break may get
		// into it.
		boolean printable = userName.chars().noneMatch(Character::isISOControl);
		return new TextMessage("CONNECTED\nversion:" + version + "\nsession:" + sessionId + "\nheart-beat:" + heartbeat
				+ "," + heartbeat + "\n" + (printable ? "user-name:" + userName + "\n" : "")
				+ ((lifetime != null) ? "expires-in:" + lifetime.toMillis() + "\n" : "") + "\n\0");
	}

	TextMessage error(String message) {
		return new TextMessage(new Frame("ERROR").header("message", message).empty());
	}

	/**
	 * A frame under construction.
	 */
	private static final class Frame {

		private final StringBuilder text = new StringBuilder(256);

		Frame(String command) {
			this.text.append(command).append('\n');
		}

		Frame header(String name, String value) {
			this.text.append(name).append(':');
			for (int i = 0; i < value.length(); i++) {
				escape(value.charAt(i));
			}
			this.text.append('\n');
			return this;
		}

		/** STOMP 1.2, "Value Encoding". */
		private void escape(char character) {
			switch (character) {
				case '\\' -> this.text.append("\\\\");
				case '\n' -> this.text.append("\\n");
				case '\r' -> this.text.append("\\r");
				case ':' -> this.text.append("\\c");
				default -> this.text.append(character);
			}
		}

		String head(int contentLength) {
			return this.text.append("content-length:").append(contentLength).append("\n\n").toString();
		}

		String body(byte[] utf8) {
			return head(utf8.length) + new String(utf8, StandardCharsets.UTF_8) + '\0';
		}

		String empty() {
			return this.text.append("\n\0").toString();
		}

	}

}
