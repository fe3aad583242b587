package dev.realtime.stomp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

import dev.realtime.StreamPosition;
import dev.realtime.core.DeliveryMode;
import dev.realtime.core.Publication;
import dev.realtime.core.Subscription;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.messaging.Message;
import org.springframework.messaging.simp.stomp.StompDecoder;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StompFrames}: literal frames.
 */
@Timeout(30)
class StompFramesTests {

	private static final StreamPosition POSITION = new StreamPosition("k3f9", 117);

	private final StompFrames frames = new StompFrames();

	private final TestEngine engine = new TestEngine();

	@Test
	void liveMessage() {
		assertFrame(message(null, "{\"id\":5}", DeliveryMode.LIVE, "s1"), """
				MESSAGE
				subscription:s1
				message-id:k3f9-117
				destination:/realtime/document.42
				content-type:application/json
				timestamp:1700000000000
				content-length:8

				{"id":5}\0""");
	}

	@Test
	void messageWithEvent() {
		assertFrame(message("created", "1", DeliveryMode.LIVE, "s1"), """
				MESSAGE
				subscription:s1
				message-id:k3f9-117
				destination:/realtime/document.42
				content-type:application/json
				timestamp:1700000000000
				event:created
				content-length:1

				1\0""");
	}

	@Test
	void replayedAndRecoveredMessagesSaySo() {
		assertThat(message(null, "1", DeliveryMode.REPLAY, "s1").getPayload()).contains("\nreplay:true\n")
			.doesNotContain("recovered");
		assertThat(message(null, "1", DeliveryMode.RECOVERED, "s1").getPayload()).contains("\nrecovered:true\n")
			.doesNotContain("replay");
	}

	@Test
	void contentLengthCountsBytes() {
		assertThat(message(null, "\"\u20ac\ud83d\ude00\"", DeliveryMode.LIVE, "s1").getPayload())
			.endsWith("\ncontent-length:9\n\n\"\u20ac\ud83d\ude00\"\0");
	}

	@Test
	@Tag("T13")
	void headersAreEscaped() {
		assertThat(message("a:b\\c", "1", DeliveryMode.LIVE, "a:b\\c\r\nd").getPayload())
			.startsWith("MESSAGE\nsubscription:a\\cb\\\\c\\r\\nd\n")
			.contains("\nevent:a\\cb\\\\c\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a:b", "a\\b", "a\nb", "a\r\nb", "\\n", "\\\\c", "sub-0", "\u00e9\u20ac", " a " })
	@Tag("T13")
	void idsAreReadBackAsTheyWere(String id) {
		Message<byte[]> decoded = new StompDecoder()
			.decode(ByteBuffer.wrap(message(null, "1", DeliveryMode.LIVE, id).asBytes()))
			.get(0);
		assertThat(StompHeaderAccessor.wrap(decoded).getSubscriptionId()).isEqualTo(id);
		assertThat(decoded.getPayload()).asString().isEqualTo("1");
	}

	@Test
	void receiptOfALiveSubscription() {
		assertFrame(this.frames.live(subscription("s1"), "r:1", POSITION, null), """
				RECEIPT
				receipt-id:r\\c1
				position:k3f9-117

				\0""");
		assertFrame(this.frames.live(subscription("s1"), "r1", POSITION, false), """
				RECEIPT
				receipt-id:r1
				position:k3f9-117
				recovered:false

				\0""");
		assertThat(this.frames.live(subscription("s1"), "r1", POSITION, true).getPayload())
			.contains("recovered:true\n");
	}

	@Test
	void gap() {
		assertFrame(this.frames.gap(subscription("s1")), """
				MESSAGE
				subscription:s1
				message-id:control
				destination:/realtime/document.42
				content-type:application/json
				realtime-control:gap
				content-length:77

				{"code":"history-lost","detail":"Messages were missed, fetch the data again"}\0""");
	}

	@Test
	void denied() {
		assertFrame(this.frames.denied("s\n1", "/realtime/a:b", ControlCode.FORBIDDEN, "You may not do this"), """
				MESSAGE
				subscription:s\\n1
				message-id:control
				destination:/realtime/a\\cb
				content-type:application/json
				realtime-control:denied
				content-length:51

				{"code":"forbidden","detail":"You may not do this"}\0""");
	}

	@ParameterizedTest
	@EnumSource(ControlCode.class)
	void everyControlCodeIsJson(ControlCode code) {
		Map<?, ?> body = new JsonMapper().readValue(StompFrames.controlBody(code, code.detail()), Map.class);
		assertThat(body).isEqualTo(Map.of("code", code.code(), "detail", code.detail()));
		assertThat(code.code()).matches("[a-z]+(-[a-z]+)*");
	}

	@Test
	void receipts() {
		assertFrame(this.frames.receipt("r\r\n1"), "RECEIPT\nreceipt-id:r\\r\\n1\n\n\0");
		assertFrame(this.frames.refusedReceipt("r1", ControlCode.FORBIDDEN),
				"RECEIPT\nreceipt-id:r1\nrealtime-control:denied\ncode:forbidden\n\n\0");
	}

	@Test
	void error() {
		assertFrame(this.frames.error("No: really\n"), "ERROR\nmessage:No\\c really\\n\n\n\0");
	}

	@Test
	void connected() {
		assertFrame(this.frames.connected("1.2", "c-1", 10000, "alice", null), """
				CONNECTED
				version:1.2
				session:c-1
				heart-beat:10000,10000
				user-name:alice

				\0""");
	}

	@Test
	void whenAuthenticationExpiresThenConnectedSaysWhen() {
		assertThat(this.frames.connected("1.2", "c-1", 0, "alice", Duration.ofSeconds(90)).getPayload())
			.endsWith("\nuser-name:alice\nexpires-in:90000\n\n\0");
	}

	@Test
	void refreshed() {
		assertFrame(this.frames.refreshed("r", Duration.ofMillis(5)), "RECEIPT\nreceipt-id:r\nexpires-in:5\n\n\0");
		assertFrame(this.frames.refreshed("r", null), "RECEIPT\nreceipt-id:r\n\n\0");
	}

	@Test
	void connectedIsNotEscaped() {
		assertThat(this.frames.connected("1.2", "c-1", 0, "a:b\\c", null).getPayload())
			.contains("\nuser-name:a:b\\c\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "alice\nversion:9", "alice\r", "a\0b", "\u0085", "\u007f" })
	@Tag("T13")
	void whenUserNameHasLineBreaksThenConnectedLeavesItOut(String name) {
		assertFrame(this.frames.connected("1.2", "c-1", 0, name, null),
				"CONNECTED\nversion:1.2\nsession:c-1\nheart-beat:0,0\n\n\0");
	}

	private TextMessage message(String event, String data, DeliveryMode mode, String id) {
		return this.frames.message(new Publication(POSITION, 1_700_000_000_000L, event,
				data.getBytes(StandardCharsets.UTF_8), Map.of(), null, null), subscription(id), mode);
	}

	private Subscription<WebSocketMessage<?>> subscription(String id) {
		return this.engine.subscription(id, "document.42");
	}

	private static void assertFrame(TextMessage actual, String expected) {
		assertThat(actual.getPayload()).isEqualTo(expected);
	}

}
