package dev.realtime.autoconfigure;

import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import dev.realtime.Realtime;
import dev.realtime.StreamPosition;
import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.autoconfigure.app.TestApplication.ContactUpdated;
import dev.realtime.core.Backplane;
import dev.realtime.core.BackplaneListener;
import dev.realtime.core.ChannelId;
import dev.realtime.core.ChannelPast;
import dev.realtime.core.Ephemeral;
import dev.realtime.core.InMemoryBackplane;
import dev.realtime.core.Publication;
import dev.realtime.core.PublicationRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * What clients and publishers see of a backplane that is away.
 */
@SpringBootTest(classes = { TestApplication.class, UnavailableBackplaneTests.BackplaneConfiguration.class },
		webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@Timeout(60)
@Tag("T24")
class UnavailableBackplaneTests {

	@LocalServerPort
	private int port;

	@Autowired
	private Realtime realtime;

	@Autowired
	private AbsentBackplane backplane;

	@BeforeEach
	void away() {
		this.backplane.waiting = new CompletableFuture<>();
	}

	@Test
	void whenTheBackplaneFailsThenTheSubscriptionIsDeniedAndMayBeRepeated() {
		// A channel that no other test has opened.
		try (RawStompClient client = RawStompClient.connect(this.port, "alice")) {
			client.sendSubscribe("s1", "/realtime/room.failed");
			this.backplane.waiting.completeExceptionally(new IllegalStateException("Expected by a test"));
			String denied = client.next();
			assertThat(RawStompClient.header(denied, "realtime-control")).isEqualTo("denied");
			assertThat(RawStompClient.code(denied)).isEqualTo("unavailable");
			this.backplane.waiting = CompletableFuture.completedFuture(null);
			client.subscribe("s1", "/realtime/room.failed");
		}
	}

	@Test
	void whenTheBackplaneAnswersLateThenTheSubscriptionGoesLive() {
		try (RawStompClient client = RawStompClient.connect(this.port, "alice")) {
			client.sendSubscribe("s1", "/realtime/contact.updated", "replay:none");
			this.backplane.waiting.complete(null);
			assertThat(client.next()).startsWith("RECEIPT\nreceipt-id:r-s1\n");
			this.realtime.forTenant("acme").publish(new ContactUpdated(5, "acme"));
			assertThat(RawStompClient.body(client.next())).isEqualTo("{\"id\":5,\"by\":\"acme\"}");
		}
	}

	@Test
	void whenTheBackplaneThrowsThenPublishersDoNotNotice() {
		this.backplane.broken = true;
		try {
			assertThatNoException().isThrownBy(() -> {
				CompletableFuture<StreamPosition> published = this.realtime.forTenant("acme")
					.publish(new ContactUpdated(5, "acme"));
				assertThat(published).isCompletedExceptionally();
			});
		}
		finally {
			this.backplane.broken = false;
		}
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class BackplaneConfiguration {

		@Bean
		AbsentBackplane backplane() {
			return new AbsentBackplane();
		}

	}

	/**
	 * Confirms no interest until the test lets it.
	 */
	static final class AbsentBackplane implements Backplane {

		private final Backplane backplane = new InMemoryBackplane(InstantSource.system(), new Random(1));

		private volatile CompletableFuture<Void> waiting = new CompletableFuture<>();

		private volatile boolean broken;

		@Override
		public void start(BackplaneListener listener) {
			this.backplane.start(listener);
		}

		@Override
		public CompletableFuture<StreamPosition> append(ChannelId channel, PublicationRequest request) {
			if (this.broken) {
				throw new IllegalStateException("Expected by a test");
			}
			return this.backplane.append(channel, request);
		}

		@Override
		public void broadcast(ChannelId channel, Ephemeral ephemeral) {
			this.backplane.broadcast(channel, ephemeral);
		}

		@Override
		public CompletableFuture<Void> subscribe(ChannelId channel) {
			return this.waiting.thenCompose((back) -> this.backplane.subscribe(channel));
		}

		@Override
		public void unsubscribe(ChannelId channel) {
			this.backplane.unsubscribe(channel);
		}

		@Override
		public CompletableFuture<ChannelPast> past(ChannelId channel, int limit) {
			return this.backplane.past(channel, limit);
		}

		@Override
		public CompletableFuture<List<Publication>> lastByKey(ChannelId channel,
				Collection<List<@Nullable Object>> keys) {
			return this.backplane.lastByKey(channel, keys);
		}

		@Override
		public void close() {
			this.backplane.close();
		}

	}

}
