package dev.realtime.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import dev.realtime.StreamPosition;
import dev.realtime.core.ChannelId;
import dev.realtime.core.ChannelPast;
import dev.realtime.core.Ephemeral;
import dev.realtime.core.NodeChannel;
import dev.realtime.core.Publication;
import dev.realtime.core.RealtimeEngine;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Redis goes, in all the ways it can, and comes back.
 */
@Timeout(300)
@Tag("T24")
@ExtendWith(OutputCaptureExtension.class)
class OutageTests {

	private static final String DROPPED = "Publications wait for Redis, and the oldest are dropped:";

	private static final ChannelId OTHER = new ChannelId("acme", null, "other");

	private final Nodes nodes = new Nodes();

	private final List<RedisServer> servers = new ArrayList<>();

	@AfterEach
	void close() throws Exception {
		this.nodes.close();
		this.servers.forEach(RedisServer::close);
	}

	@Test
	void whenServerIsAwayThenWhatPassesByIsLostAndLaterItArrivesAgain() throws Exception {
		RedisServer server = server("--appendonly", "yes");
		Collector collector = this.nodes.collector(this.nodes.node(server.uri()));
		RedisBackplane publisher = this.nodes.publisher(server.uri());
		await(Nodes.publish(publisher, 0));
		broadcast(publisher, "before");
		Nodes.await().until(() -> collector.received().contains("before"));
		server.kill();
		awaitDown(publisher);
		for (int i = 0; i < 5000; i++) {
			broadcast(publisher, "meanwhile");
		}
		CompletableFuture<StreamPosition> kept = Nodes.publish(publisher, 1);
		server.start();
		await(kept);
		Nodes.await().until(() -> {
			broadcast(publisher, "after");
			return collector.received().contains("after") && collector.received().contains("1");
		});
		assertThat(collector.received()).doesNotContain("meanwhile");
		assertThat(collector.gaps()).isZero();
	}

	@Test
	void whenServerIsBusyThenSubscriptionsWaitForIt() throws Exception {
		RedisServer server = server("--lua-time-limit", "50");
		RedisBackplane node = this.nodes.publisher(server.uri());
		awaitUp(node);
		CompletableFuture<Void> script = CompletableFuture
			.runAsync(() -> server.execute((redis) -> redis.eval("while true do end", ScriptOutputType.STATUS)));
		Nodes.await().ignoreExceptions().until(() -> isBusy(server));
		CompletableFuture<Void> subscribed = node.subscribe(OTHER);
		Nodes.await().during(Duration.ofMillis(500)).until(() -> !subscribed.isDone());
		server.execute((redis) -> redis.scriptKill());
		await(subscribed);
		assertThat(script).failsWithin(Duration.ofSeconds(60));
		awaitUp(node);
	}

	private static boolean isBusy(RedisServer server) {
		try {
			server.execute((redis) -> redis.get("key"));
			return false;
		}
		catch (RedisBusyException ex) {
			return true;
		}
	}

	private static void broadcast(RedisBackplane publisher, String data) {
		publisher.broadcast(Nodes.CHANNEL, new Ephemeral(new Publication(new StreamPosition("n", 1), 1, null,
				data.getBytes(StandardCharsets.UTF_8), Map.of(), null, null), null));
	}

	@Test
	void whenServerRestartsWithItsDataThenEpochStaysAndNothingIsMissed() throws Exception {
		RedisServer server = server("--appendonly", "yes", "--appendfsync", "always");
		Collector collector = this.nodes.collector(this.nodes.node(server.uri()));
		RedisBackplane publisher = this.nodes.publisher(server.uri());
		StreamPosition before = await(Nodes.publish(publisher, 0));
		server.kill();
		List<CompletableFuture<StreamPosition>> meanwhile = Nodes.publish(publisher, 1, 500);
		awaitDown(publisher);
		server.start();
		for (int i = 0; i < meanwhile.size(); i++) {
			assertThat(await(meanwhile.get(i))).isEqualTo(new StreamPosition(before.epoch(), i + 2));
		}
		Nodes.await().until(() -> collector.count() >= 500);
		assertThat(collector.received()).isEqualTo(Nodes.numbers(0, 500));
		assertThat(collector.gaps()).isZero();
		awaitUp(publisher);
	}

	@Test
	void whenServerRestartsWithoutItsDataThenEpochChangesAndThereIsOneGap() throws Exception {
		RedisServer server = server();
		Collector collector = this.nodes.collector(this.nodes.node(server.uri()));
		RedisBackplane publisher = this.nodes.publisher(server.uri());
		StreamPosition before = await(Nodes.publish(publisher, 0));
		Nodes.await().until(() -> collector.count() == 1);
		server.kill();
		List<CompletableFuture<StreamPosition>> meanwhile = Nodes.publish(publisher, 1, 500);
		server.start();
		StreamPosition first = await(meanwhile.get(0));
		assertThat(first.epoch()).isNotEqualTo(before.epoch());
		assertThat(first.offset()).isEqualTo(1);
		Nodes.await().until(() -> collector.count() >= 500);
		assertThat(collector.received()).isEqualTo(Nodes.numbers(0, 500));
		assertThat(collector.gaps()).isEqualTo(1);
	}

	@Test
	void whenServerRestartsWithoutItsLatestDataThenEpochChanges() throws Exception {
		RedisServer server = server();
		Collector collector = this.nodes.collector(this.nodes.node(server.uri()));
		RedisBackplane publisher = this.nodes.publisher(server.uri());
		Nodes.awaitAll(Nodes.publish(publisher, 0, 5));
		server.execute((redis) -> redis.save());
		StreamPosition latest = Nodes.awaitAll(Nodes.publish(publisher, 5, 10));
		Nodes.await().until(() -> collector.count() == 10);
		server.kill();
		server.start();
		RedisBackplane other = this.nodes.publisher(server.uri());
		StreamPosition next = Nodes.awaitAll(Nodes.publish(other, 10, 20));
		// The subscriber had offset 10 already, of another publication.
		Nodes.await().until(() -> collector.gaps() == 1);
		assertThat(await(Nodes.publish(other, 20)).epoch()).isNotEqualTo(latest.epoch());
		Nodes.await().until(() -> collector.received().contains("20"));
		assertThat(collector.received().subList(0, 10)).isEqualTo(Nodes.numbers(0, 10));
		assertThat(collector.received()).doesNotHaveDuplicates();
		assertThat(collector.gaps()).isEqualTo(1);
		assertThat(next.offset()).isPositive();
	}

	@Test
	void whenPublisherKnowsMoreThanTheServerThenEpochChanges() throws Exception {
		RedisServer server = server();
		RedisBackplane publisher = this.nodes.publisher(server.uri());
		Nodes.awaitAll(Nodes.publish(publisher, 0, 5));
		server.execute((redis) -> redis.save());
		StreamPosition latest = Nodes.awaitAll(Nodes.publish(publisher, 5, 10));
		server.kill();
		server.start();
		StreamPosition next = await(Nodes.publish(publisher, 10));
		assertThat(next.epoch()).isNotEqualTo(latest.epoch());
		assertThat(next.offset()).isEqualTo(1);
	}

	@Test
	void whenServerStandsStillThenEverythingWaits() throws Exception {
		RedisServer server = server();
		Collector collector = this.nodes.collector(this.nodes.node(server.uri(), Duration.ofMillis(300)));
		RedisBackplane publisher = this.nodes.node(server.uri(), Duration.ofMillis(300));
		publisher.start((channel, publication) -> {
		});
		awaitUp(publisher);
		CompletableFuture<Void> sleeping = CompletableFuture.runAsync(() -> server.execute((redis) -> {
			redis.dispatch(CommandType.DEBUG, new StatusOutput<>(StringCodec.UTF8),
					new CommandArgs<>(StringCodec.UTF8).add("SLEEP").add(3));
			return null;
		}));
		List<CompletableFuture<StreamPosition>> meanwhile = Nodes.publish(publisher, 0, 1000);
		Nodes.awaitAll(meanwhile);
		Nodes.await().until(() -> collector.count() >= 1000);
		assertThat(collector.received()).isEqualTo(Nodes.numbers(0, 1000));
		assertThat(collector.gaps()).isZero();
		sleeping.join();
	}

	@Test
	void whenServerIsNotThereYetThenEverythingWaitsForIt() throws Exception {
		RedisServer server = RedisServer.stopped();
		this.servers.add(server);
		RedisBackplane node = this.nodes.node(server.uri());
		node.start((channel, publication) -> {
		});
		await(node.firstAttempt());
		assertThat(node.status().connected()).isFalse();
		assertThat(node.status().reason()).contains("Connection refused");
		CompletableFuture<Void> subscribed = node.subscribe(OTHER);
		CompletableFuture<ChannelPast> past = node.past(OTHER, 10);
		CompletableFuture<List<Publication>> last = node.lastByKey(OTHER, List.of(List.of("1")));
		List<CompletableFuture<StreamPosition>> published = Nodes.publish(node, 0, 10);
		assertThat(node.status().backlog()).isEqualTo(10);
		assertThat(subscribed).isNotDone();
		server.start();
		await(subscribed);
		assertThat(await(past).position().offset()).isZero();
		assertThat(await(last)).isEmpty();
		for (int i = 0; i < 10; i++) {
			assertThat(await(published.get(i)).offset()).isEqualTo(i + 1);
		}
		awaitUp(node);
		assertThat(node.status().backlog()).isZero();
	}

	@Test
	void whenOutboxIsFullThenTheOldestAreDroppedAndTheLogSaysSoOnce(CapturedOutput output) throws Exception {
		RedisServer server = RedisServer.stopped();
		this.servers.add(server);
		RedisBackplane node = this.nodes.node(RedisClient.create(server.uri()),
				new RedisBackplaneOptions("realtime", 10, Duration.ofSeconds(1)));
		node.start((channel, publication) -> {
		});
		await(node.firstAttempt());
		List<CompletableFuture<StreamPosition>> published = new ArrayList<>();
		for (int i = 0; i < 15; i++) {
			int number = i;
			published.add(node.append((i % 2 == 0) ? Nodes.CHANNEL : OTHER, Nodes.request(number)));
		}
		assertThat(output.getAll().split(DROPPED, -1)).as("one line for all").hasSize(2);
		assertThat(output).contains(DROPPED + " 1 so far, see realtime.redis.outbox.max-size");
		for (int i = 0; i < 5; i++) {
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(published.get(i)::get)
				.withCauseInstanceOf(PublicationDroppedException.class);
		}
		assertThat(node.status().dropped()).isEqualTo(5);
		assertThat(node.status().backlog()).isEqualTo(10);
		server.start();
		Nodes.awaitAll(published.subList(5, 15));
		assertThat(data(await(node.past(Nodes.CHANNEL, 100)))).containsExactly("6", "8", "10", "12", "14");
		assertThat(data(await(node.past(OTHER, 100)))).containsExactly("5", "7", "9", "11", "13");
	}

	@Test
	void whenOutboxIsFullThenWhatNodesTellEachOtherStays() throws Exception {
		RedisServer server = RedisServer.stopped();
		this.servers.add(server);
		RedisBackplane node = this.nodes.node(RedisClient.create(server.uri()),
				new RedisBackplaneOptions("realtime", 10, Duration.ofSeconds(1)));
		RealtimeEngine engine = new RealtimeEngine(node, InstantSource.system(), 1);
		await(node.firstAttempt());
		NodeChannel orders = engine.nodeChannel("orders", Nodes.HISTORY, new NodeChannel.Listener() {

			@Override
			public void onMessage(byte[] data) {
			}

			@Override
			public void onGap() {
			}

		});
		List<CompletableFuture<Void>> ordered = new ArrayList<>();
		List<CompletableFuture<StreamPosition>> published = new ArrayList<>();
		for (int i = 0; i < 12; i++) {
			if (i % 4 == 0) {
				ordered.add(orders.send(new byte[] { 1 }));
			}
			published.add(Nodes.publish(node, i));
		}
		assertThat(node.status().dropped()).isEqualTo(5);
		server.start();
		for (CompletableFuture<Void> order : ordered) {
			await(order);
		}
		Nodes.awaitAll(published.subList(5, 12));
		assertThat(published.subList(0, 5)).allMatch(CompletableFuture::isCompletedExceptionally);
	}

	private RedisServer server(String... arguments) {
		RedisServer server = RedisServer.running(arguments);
		this.servers.add(0, server);
		return server;
	}

	private static void awaitDown(RedisBackplane node) {
		Nodes.await().until(() -> !node.status().connected());
		assertThat(node.status().reason()).isNotBlank();
	}

	private static void awaitUp(RedisBackplane node) {
		Nodes.await().until(() -> node.status().connected());
		assertThat(node.status().reason()).isNull();
	}

	private static List<String> data(ChannelPast past) {
		return past.publications().stream().map((publication) -> new String(publication.data())).toList();
	}

	private static <T> T await(CompletableFuture<T> future) throws Exception {
		return future.get(120, TimeUnit.SECONDS);
	}

}
