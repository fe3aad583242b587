package dev.realtime.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import dev.realtime.StreamPosition;
import dev.realtime.core.ChannelId;
import dev.realtime.core.Ephemeral;
import dev.realtime.core.Publication;
import dev.realtime.core.Sender;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Signatures}, as messages carry them.
 */
@Tag("T23")
@Timeout(60)
class SignaturesTests {

	private static final RedisChannel CHANNEL = RedisChannel.of("realtime", Nodes.CHANNEL);

	private static final byte[] SECRET = "a secret of at least 32 characters".getBytes(StandardCharsets.UTF_8);

	private static final byte[] OTHER_SECRET = "another one of at least 32 characters".getBytes(StandardCharsets.UTF_8);

	private static final Ephemeral EPHEMERAL = new Ephemeral(new Publication(new StreamPosition("n", 1),
			1_732_180_000_000L, "typing", new byte[] { '1' }, Map.of(), null, new Sender("ada", "p1")), "ben");

	private final Signatures signatures = new Signatures(List.of(SECRET));

	@Test
	void whenMessageIsSignedThenItIsRead() {
		Publication publication = Message.parse(message(this.signatures), CHANNEL, this.signatures).publication();
		assertThat(publication.data()).asString().isEqualTo("5");
		assertThat(publication.attributes()).isEqualTo(Map.of("id", "5"));
	}

	@Test
	void whenNobodyAsksForSignaturesThenBothAreRead() {
		Signatures none = new Signatures(List.of());
		assertThat(Message.parse(message(this.signatures), CHANNEL, none).publication().data()).asString()
			.isEqualTo("5");
		assertThat(Message.parse(message(none), CHANNEL, none).publication().data()).asString().isEqualTo("5");
	}

	@Test
	void whenSecretIsRotatedThenBothAreReadUntilTheOldOneIsGone() {
		Signatures rotated = new Signatures(List.of(OTHER_SECRET, SECRET));
		assertThat(Message.parse(message(this.signatures), CHANNEL, rotated)).isNotNull();
		assertThat(Message.parse(message(rotated), CHANNEL, new Signatures(List.of(SECRET, OTHER_SECRET)))).isNotNull();
		assertRefused(message(this.signatures), CHANNEL, new Signatures(List.of(OTHER_SECRET)));
	}

	@Test
	void whenMessageIsNotSignedThenItIsRefused() {
		assertRefused(message(new Signatures(List.of())), CHANNEL, this.signatures);
	}

	@Test
	void whenMessageOfAnotherChannelIsRepeatedHereThenItIsRefused() {
		RedisChannel globex = RedisChannel.of("realtime", new ChannelId("globex", null, "contact.updated"));
		assertRefused(message(this.signatures), globex, this.signatures);
	}

	@Test
	void whenAnyBitOfWhatThePublisherWroteIsFlippedThenItIsRefused() {
		byte[] message = message(this.signatures);
		int body = new String(message, StandardCharsets.UTF_8).indexOf('\n') + 1;
		for (int i = body; i < message.length; i++) {
			for (int bit = 0; bit < Byte.SIZE; bit++) {
				message[i] ^= (byte) (1 << bit);
				if (!isPadding(message, i, bit)) {
					assertRefused(message, CHANNEL, this.signatures);
				}
				message[i] ^= (byte) (1 << bit);
			}
		}
	}

	@Test
	void whenOneIsPassedOffAsTheOtherThenItIsRefused() {
		String kept = new String(message(this.signatures), StandardCharsets.UTF_8);
		byte[] passing = Message.ephemeral(EPHEMERAL, CHANNEL, this.signatures);
		assertThat(Message.parseDelivered(passing, CHANNEL, this.signatures).ephemeral()).isTrue();
		assertThat(Message.parseDelivered(text(kept), CHANNEL, this.signatures).ephemeral()).isFalse();
		assertRefused(passing, CHANNEL, this.signatures);
		assertNotDelivered(new String(passing, StandardCharsets.UTF_8).replace("1 ~n-1", "1 n-1"));
		assertNotDelivered(kept.replace("1 k3f9-117", "1 ~k3f9-117"));
		assertNotDelivered(new String(passing, StandardCharsets.UTF_8).replace("\"ada\"", "\"eve\""));
		assertNotDelivered(new String(passing, StandardCharsets.UTF_8).replace("\"ben\"", "\"eve\""));
	}

	private void assertNotDelivered(String message) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> Message.parseDelivered(text(message), CHANNEL, this.signatures));
	}

	private static byte[] text(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Whether only bits differ that Base64 does not use: the last character of 32 bytes
	 * has two.
	 */
	private static boolean isPadding(byte[] message, int index, int bit) {
		return message[(index + 1 < message.length) ? index + 1 : index] == '\n' && bit < 2;
	}

	private static void assertRefused(byte[] message, RedisChannel channel, Signatures signatures) {
		assertThatIllegalArgumentException().isThrownBy(() -> Message.parse(message, channel, signatures));
	}

	private static byte[] message(Signatures signatures) {
		byte[] head = "1 k3f9-117 1732180000000 3x9k2-45.1\n".getBytes(StandardCharsets.UTF_8);
		byte[] body = Message.body(Nodes.request("5"), CHANNEL, signatures);
		byte[] message = new byte[head.length + body.length];
		System.arraycopy(head, 0, message, 0, head.length);
		System.arraycopy(body, 0, message, head.length, body.length);
		return message;
	}

}
