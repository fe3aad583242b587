package dev.realtime.test;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.realtime.StreamPosition;
import dev.realtime.core.HistoryOptions;
import dev.realtime.core.Lanes;
import dev.realtime.core.MessageFilter;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.core.Start;
import dev.realtime.core.SubscriptionRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What clients are told that come back with the last position they saw, by an engine on
 * the backplane.
 */
abstract class RecoveryContract extends BackplaneFixture {

	private static final Duration TTL = Duration.ofSeconds(1);

	private static final HistoryOptions SHORT = new HistoryOptions(3, Duration.ofMinutes(5), 100);

	private static final HistoryOptions LONG = new HistoryOptions(2000, Duration.ofMinutes(5), 100);

	private final Lanes<String> lanes = new Lanes<>(1, "contract", new Subscriber.Encoder(), Duration.ofHours(1));

	private final RealtimeEngine engine = new RealtimeEngine(new StartedBackplane(this), InstantSource.system(), 1);

	@AfterEach
	void closeLanes() {
		this.lanes.close();
	}

	@Test
	void whenHistoryCoversThePositionThenWhatWasMissedComesFirst() throws Exception {
		StreamPosition last = append(10, SHORT);
		try (Subscriber subscriber = since(last.epoch(), 7)) {
			assertThat(subscriber.next(4)).containsExactly("live, recovered: true", "recovered 8", "recovered 9",
					"recovered 10");
			append(1, SHORT);
			assertThat(subscriber.next(1)).containsExactly("live 11");
		}
	}

	@Test
	void whenNothingWasMissedThenClientIsRecovered() throws Exception {
		StreamPosition last = append(10, SHORT);
		try (Subscriber subscriber = since(last.epoch(), 10)) {
			assertThat(subscriber.next(1)).containsExactly("live, recovered: true");
			append(1, SHORT);
			assertThat(subscriber.next(1)).containsExactly("live 11");
		}
	}

	@Test
	void whenHistoryDoesNotReachBackToThePositionThenThereIsAGap() throws Exception {
		StreamPosition last = append(10, SHORT);
		assertGap(last.epoch(), 6, 11);
	}

	@Test
	void whenWhatWasMissedIsOlderThanTtlThenThereIsAGap() throws Exception {
		HistoryOptions history = new HistoryOptions(100, TTL, 100);
		StreamPosition last = append(2, history);
		elapse(TTL.plus(TTL.dividedBy(5)));
		assertGap(last.epoch(), 1, 3);
	}

	@Test
	void whenPositionIsOfAnotherEpochThenThereIsAGap() throws Exception {
		append(10, HISTORY);
		assertGap("other", 8, 11);
	}

	@Test
	void whenPositionIsAheadOfTheChannelThenThereIsAGap() throws Exception {
		StreamPosition last = append(10, HISTORY);
		assertGap(last.epoch(), 12, 11);
	}

	@Test
	void whenEverythingStartsAnewThenEpochChangesAndThereIsAGap() throws Exception {
		StreamPosition last = append(2, HISTORY);
		restart();
		assertThat(past(CHANNEL, 10).publications()).isEmpty();
		assertThat(append(2, HISTORY).epoch()).isNotEqualTo(last.epoch());
		assertGap(last.epoch(), 1, 3);
	}

	@Test
	void whenDataIsLostThenEpochChangesAndThereIsAGap() throws Exception {
		StreamPosition last = append(5, HISTORY);
		assumeLost();
		assertThat(append(3, HISTORY)).satisfies((position) -> {
			assertThat(position.epoch()).isNotEqualTo(last.epoch());
			assertThat(position.offset()).isEqualTo(3);
		});
		assertGap(last.epoch(), 1, 4);
	}

	@Test
	void whenDataIsLostUnderSubscribersThenTheyAreToldOneGap() throws Exception {
		StreamPosition last = append(5, HISTORY);
		try (Subscriber subscriber = since(last.epoch(), 5)) {
			assertThat(subscriber.next(1)).containsExactly("live, recovered: true");
			append(1, HISTORY);
			assertThat(subscriber.next(1)).containsExactly("live 6");
			assumeLost();
			append(3, HISTORY);
			assertThat(subscriber.next(4)).containsExactly("gap", "live 1", "live 2", "live 3");
			append(1, HISTORY);
			assertThat(subscriber.next(1)).containsExactly("live 4");
		}
	}

	@Test
	void whenClientsComeBackDuringAppendsThenTheyMissNothingAndGetNothingTwice() throws Exception {
		int appends = 1000;
		StreamPosition first = append(1, LONG);
		List<CompletableFuture<StreamPosition>> appended = new ArrayList<>();
		List<Subscriber> back = new ArrayList<>();
		for (int i = 1; i < appends; i++) {
			appended.add(backplane().append(CHANNEL, Requests.any(LONG)));
			if (i % 50 == 0) {
				back.add(since(first.epoch(), await(appended.get(i / 2)).offset()));
			}
		}
		for (int i = 0; i < back.size(); i++) {
			long from = await(appended.get((i + 1) * 25)).offset() + 1;
			try (Subscriber subscriber = back.get(i)) {
				assertThat(subscriber.next(1)).containsExactly("live, recovered: true");
				for (long offset = from; offset <= appends; offset++) {
					assertThat(subscriber.next(1)).singleElement().isIn("recovered " + offset, "live " + offset);
				}
			}
		}
	}

	private void assumeLost() throws Exception {
		Assumptions.assumeTrue(loseData(), "The data lives as long as the backplane");
	}

	private StreamPosition append(int count, HistoryOptions history) throws Exception {
		StreamPosition last = append(CHANNEL, Requests.any(history));
		for (int i = 1; i < count; i++) {
			last = append(CHANNEL, Requests.any(history));
		}
		return last;
	}

	private void assertGap(String epoch, long offset, long next) throws Exception {
		try (Subscriber subscriber = since(epoch, offset)) {
			assertThat(subscriber.next(2)).containsExactly("live, recovered: false", "gap");
			append(1, HISTORY);
			assertThat(subscriber.next(1)).containsExactly("live " + next);
		}
	}

	private Subscriber since(String epoch, long offset) {
		return new Subscriber(this.engine, this.lanes.next(), new SubscriptionRequest("s", CHANNEL, MessageFilter.all(),
				new Start.Since(new StreamPosition(epoch, offset)), "r", LONG));
	}

}
