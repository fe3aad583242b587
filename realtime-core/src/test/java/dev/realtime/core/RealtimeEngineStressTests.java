package dev.realtime.core;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import dev.realtime.StreamPosition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RealtimeEngine} with several publishers, and with connections that
 * come and go, on real lanes.
 */
@Timeout(60)
class RealtimeEngineStressTests {

	private static final HistoryOptions HISTORY = new HistoryOptions(50, Duration.ofMinutes(5), 10);

	private static final List<ChannelId> CHANNELS = List.of(new ChannelId("acme", null, "contact.updated"),
			new ChannelId("globex", null, "contact.updated"));

	private static final int PUBLISHERS = 3;

	private static final int CHURNERS = 3;

	private static final int ROUNDS = 60;

	/** Publications between two waits for the lanes, so that their queues stay short. */
	private static final int BURST = 40;

	private final InMemoryBackplane backplane = new InMemoryBackplane(InstantSource.system(), new Random());

	private final RealtimeEngine engine = new RealtimeEngine(this.backplane, InstantSource.system(), 10);

	private final TestLanes lanes = TestLanes.threads(new TextEncoder());

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private volatile boolean churning = true;

	@AfterEach
	void close() {
		this.churning = false;
		this.executor.shutdownNow();
		this.lanes.close();
	}

	@Test
	void whenConnectionsComeAndGoThenEachSeesContiguousOffsetsAndNothingIsLeft() throws Exception {
		List<TestClient> stayers = new ArrayList<>();
		for (ChannelId channel : CHANNELS) {
			TestClient stayer = connect("stayer-" + channel.tenant(), 0);
			stayer.subscribe("s", channel, MessageFilter.all(), new Start.Live());
			stayers.add(stayer);
		}
		churn();
		for (int i = 0; i < stayers.size(); i++) {
			long last = this.backplane.past(CHANNELS.get(i), 0).get().position().offset();
			assertThat(last).isGreaterThan(ROUNDS);
			Story story = story(stayers.get(i), "s", CHANNELS.get(i));
			assertThat(story.receipt()).isZero();
			assertThat(story.lastLive()).isEqualTo(last);
			stayers.get(i).disconnect();
		}
		assertThat(this.engine.hubCount()).isZero();
		this.lanes.assertEmpty();
	}

	@Test
	void whenChannelsOpenAndCloseUnderLoadThenEachSeesContiguousOffsetsAndNothingIsLeft() throws Exception {
		churn();
		assertThat(this.engine.hubCount()).isZero();
		this.lanes.assertEmpty();
	}

	private void churn() throws Exception {
		List<Future<Void>> publishers = start(PUBLISHERS, this::publish);
		List<Future<Void>> churners = start(CHURNERS, this::comeAndGo);
		try {
			for (Future<Void> churner : churners) {
				churner.get();
			}
		}
		finally {
			this.churning = false;
		}
		for (Future<Void> publisher : publishers) {
			publisher.get();
		}
		this.lanes.settle();
	}

	private List<Future<Void>> start(int count, Task task) {
		return IntStream.range(0, count).mapToObj((number) -> this.executor.submit((Callable<Void>) () -> {
			task.run(number);
			return null;
		})).toList();
	}

	private void publish(int publisher) throws Exception {
		Random random = new Random(publisher);
		for (int i = 1; this.churning; i++) {
			publish(CHANNELS.get(random.nextInt(CHANNELS.size())), random);
			if (i % BURST == 0) {
				this.lanes.settle();
			}
		}
	}

	private StreamPosition publish(ChannelId channel, Random random) throws Exception {
		return this.engine.publish(channel, Requests.about((long) random.nextInt(5), HISTORY)).get();
	}

	private void comeAndGo(int churner) throws Exception {
		Random random = new Random(1000 + churner);
		for (int round = 0; round < ROUNDS; round++) {
			ChannelId channel = CHANNELS.get(random.nextInt(CHANNELS.size()));
			TestClient client = connect("c" + churner + "-" + round, random.nextInt(2));
			List<Start> starts = starts(publish(channel, random));
			for (int i = 0; i < starts.size(); i++) {
				client.subscribe("s" + i, channel, MessageFilter.all(), starts.get(i));
			}
			if (random.nextInt(4) == 0) {
				leaveAtOnce(client, channel, starts);
			}
			else {
				stayForAWhile(client, channel, starts, random);
			}
		}
	}

	private static List<Start> starts(StreamPosition position) {
		return List.of(new Start.Live(), new Start.Last(List.of()), new Start.Since(position),
				new Start.Since(
						new StreamPosition(position.epoch(), Math.max(0, position.offset() - 2 * HISTORY.size()))),
				new Start.Last(LongStream.range(0, 5).mapToObj((id) -> Requests.key(id)).toList()));
	}

	private void leaveAtOnce(TestClient client, ChannelId channel, List<Start> starts) throws Exception {
		client.unsubscribe("s0");
		client.disconnect();
		this.lanes.settle();
		for (int i = 0; i < starts.size(); i++) {
			String id = "s" + i;
			if (client.frames().stream().anyMatch((frame) -> frame.startsWith("RECEIPT " + id))) {
				story(client, id, channel);
			}
		}
	}

	private void stayForAWhile(TestClient client, ChannelId channel, List<Start> starts, Random random)
			throws Exception {
		for (int i = 0; i < starts.size(); i++) {
			client.awaitReceipt("s" + i);
		}
		StreamPosition seen = publish(channel, random);
		client.awaitLive("s0", seen);
		client.unsubscribe("s0");
		StreamPosition unseen = publish(channel, random);
		for (int i = 1; i < starts.size(); i++) {
			client.awaitLive("s" + i, unseen);
		}
		client.disconnect();
		this.lanes.settle();
		Story live = story(client, "s0", channel);
		assertThat(live.past()).isEmpty();
		assertThat(live.lastLive()).isBetween(seen.offset(), unseen.offset() - 1);
		Story last = story(client, "s1", channel);
		assertThat(last.past()).containsExactly("REPLAY " + last.receipt());
		assertRecovered(story(client, "s2", channel), ((Start.Since) starts.get(2)).position());
		assertRecovered(story(client, "s3", channel), ((Start.Since) starts.get(3)).position());
		Story byKey = story(client, "s4", channel);
		assertThat(byKey.past()).containsExactly("REPLAY " + byKey.receipt());
		for (int i = 1; i < starts.size(); i++) {
			assertThat(story(client, "s" + i, channel).lastLive()).isGreaterThanOrEqualTo(unseen.offset());
		}
	}

	private static void assertRecovered(Story story, StreamPosition since) {
		if (story.recovered()) {
			assertThat(story.past()).isEqualTo(LongStream.rangeClosed(since.offset() + 1, story.receipt())
				.mapToObj((offset) -> "RECOVERED " + offset)
				.toList());
		}
		else {
			assertThat(story.receipt() - since.offset()).as("missed").isGreaterThan(HISTORY.size());
			assertThat(story.past()).containsExactly("GAP");
		}
	}

	/**
	 * What a subscription was told, after checking that the receipt came first and that
	 * all live publications follow its position without a hole.
	 */
	private static Story story(TestClient client, String id, ChannelId channel) {
		List<String[]> frames = client.frames()
			.stream()
			.map((frame) -> frame.split(" "))
			.filter((words) -> words[1].equals(id))
			.toList();
		String[] receipt = frames.get(0);
		assertThat(receipt[0]).isEqualTo("RECEIPT");
		StreamPosition position = StreamPosition.parse(receipt[3]);
		List<String> past = new ArrayList<>();
		long lastLive = position.offset();
		for (String[] words : frames.subList(1, frames.size())) {
			if (words[0].equals("MESSAGE") && words[3].equals("LIVE")) {
				assertThat(words[2]).as("next of %s of %s", id, channel)
					.isEqualTo(new StreamPosition(position.epoch(), ++lastLive).toString());
			}
			else {
				assertThat(lastLive).as("past before live").isEqualTo(position.offset());
				past.add(words[0].equals("MESSAGE") ? words[3] + " " + StreamPosition.parse(words[2]).offset()
						: words[0]);
			}
		}
		assertThat(client.failures()).isEmpty();
		return new Story(position.offset(), receipt[receipt.length - 1].equals("recovered=true"), past, lastLive);
	}

	private TestClient connect(String id, int lane) {
		return new TestClient(this.engine, HISTORY, id, this.lanes.get(lane));
	}

	/**
	 * What a subscription was told.
	 *
	 * @param receipt the offset the receipt named
	 * @param recovered what the receipt said
	 * @param past what came before the live publications, such as {@code REPLAY 7}
	 * @param lastLive the offset of the last live publication, or that of the receipt
	 */
	record Story(long receipt, boolean recovered, List<String> past, long lastLive) {

	}

	interface Task {

		void run(int number) throws Exception;

	}

}
