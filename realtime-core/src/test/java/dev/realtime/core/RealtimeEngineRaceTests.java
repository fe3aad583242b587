package dev.realtime.core;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

import dev.realtime.StreamPosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RealtimeEngine} where publications and answers of the backplane cross.
 */
@Timeout(10)
class RealtimeEngineRaceTests {

	private static final HistoryOptions HISTORY = new HistoryOptions(3, Duration.ofMinutes(5), 1000);

	private static final ChannelId CHANNEL = new ChannelId("acme", null, "contact.updated");

	private static final MessageFilter ALL = MessageFilter.all();

	private static final MessageFilter ID_5 = MessageFilter.of(Map.of("id", List.of(5)));

	private static final Start LAST_5 = new Start.Last(List.of(List.of(5L)));

	private final MutableClock clock = new MutableClock();

	private final ManualBackplane backplane = new ManualBackplane();

	private final RealtimeEngine engine = new RealtimeEngine(this.backplane, this.clock, 10, Duration.ofMinutes(1),
			new ManualScheduler());

	private final TestLanes lanes = TestLanes.direct(new TextEncoder());

	private final TestClient client = new TestClient(this.engine, HISTORY, "c1", this.lanes.get(0));

	@Test
	void whenNothingWasFoundAndTheFirstCameAndWentMeanwhileThenTheLookupIsRepeated() {
		startHub();
		this.client.subscribe("s1", CHANNEL, ID_5, LAST_5);
		deliver("e", 3, 5L);
		LongStream.rangeClosed(4, 6).forEach((offset) -> deliver("e", offset, 6L));
		this.backplane.lookups().get(0).complete(List.of());
		assertThat(this.backplane.lookups()).hasSize(2);
		this.backplane.lookups().get(1).complete(List.of(publication("e", 3, 5L)));
		assertThat(this.client.frames()).containsExactly("RECEIPT s1 r e-6", "MESSAGE s1 e-3 REPLAY");
	}

	@Test
	void whenTheLookupIsAheadOfTheDeliveryThenThePublicationComesOnceAndInOrder() {
		startHub();
		this.client.subscribe("s1", CHANNEL, ID_5, LAST_5);
		this.backplane.lookups().get(0).complete(List.of(publication("e", 4, 5L)));
		deliver("e", 3, 5L);
		deliver("e", 4, 5L);
		assertThat(this.client.frames()).filteredOn((frame) -> frame.startsWith("MESSAGE s1 e-4")).hasSize(1);
		assertThat(this.client.frames()).endsWith("MESSAGE s1 e-3 LIVE", "MESSAGE s1 e-4 LIVE");
	}

	@Test
	void whenTheEpochChangesDuringTheLookupThenNothingOfTheOldOneIsReplayed() {
		startHub();
		this.client.subscribe("s1", CHANNEL, ID_5, LAST_5);
		deliver("f", 1, 5L);
		this.backplane.pasts()
			.get(1)
			.complete(new ChannelPast(new StreamPosition("f", 1), List.of(publication("f", 1, 5L))));
		this.backplane.lookups().get(0).complete(List.of(publication("e", 2, 5L)));
		this.backplane.lookups().get(1).complete(List.of(publication("f", 1, 5L)));
		assertThat(this.client.frames()).containsExactly("RECEIPT s1 r f-1", "MESSAGE s1 f-1 REPLAY");
	}

	private void startHub() {
		TestClient holder = new TestClient(this.engine, HISTORY, "holder", this.lanes.get(1));
		holder.subscribe("s1", CHANNEL, ALL, new Start.Live());
		this.backplane.subscribes().get(0).complete(null);
		this.backplane.pasts()
			.get(0)
			.complete(new ChannelPast(new StreamPosition("e", 2),
					List.of(publication("e", 1, 6L), publication("e", 2, 6L))));
	}

	private void deliver(String epoch, long offset, long id) {
		this.backplane.deliver(CHANNEL, publication(epoch, offset, id));
	}

	private Publication publication(String epoch, long offset, long id) {
		return new Publication(new StreamPosition(epoch, offset), this.clock.millis(), null, new byte[0],
				Attributes.of("id", id), null, null);
	}

}
