package dev.realtime.test;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.realtime.StreamPosition;
import dev.realtime.core.Backplane;
import dev.realtime.core.BackplaneListener;
import dev.realtime.core.ChannelId;
import dev.realtime.core.ChannelPast;
import dev.realtime.core.Ephemeral;
import dev.realtime.core.HistoryOptions;
import dev.realtime.core.Publication;
import dev.realtime.core.PublicationRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A backplane of the implementer, started, and what it delivers.
 */
abstract class BackplaneFixture {

	static final HistoryOptions HISTORY = new HistoryOptions(100, Duration.ofMinutes(5), 100);

	static final ChannelId CHANNEL = new ChannelId("acme", null, "contact.updated");

	final BlockingQueue<Received> received = new LinkedBlockingQueue<>();

	final BlockingQueue<Passing> passing = new LinkedBlockingQueue<>();

	private final List<BackplaneListener> others = new CopyOnWriteArrayList<>();

	private @Nullable Backplane backplane;

	/**
	 * Creates a backplane with nothing in it.
	 * @return a backplane that was not started
	 * @throws Exception if there is none
	 */
	protected abstract Backplane create() throws Exception;

	/**
	 * Lets time pass, as far as the backplane can tell.
	 * @param duration how much
	 * @throws Exception if that was interrupted
	 */
	protected abstract void elapse(Duration duration) throws Exception;

	/**
	 * Creates another node of the backplane that was created last. Override it where
	 * there can be more than one: what it takes two nodes for is skipped otherwise.
	 * @return a backplane with the same data that was not started, or {@code null} if
	 * there is only one node
	 * @throws Exception if there is none
	 */
	protected @Nullable Backplane createPeer() throws Exception {
		return null;
	}

	/**
	 * Loses all data of the backplane that was created last, while it goes on: as a
	 * server does that is restarted without its data. Override it where that can happen:
	 * the tests of it are skipped otherwise.
	 * @return whether the data is gone
	 * @throws Exception if that failed
	 */
	protected boolean loseData() throws Exception {
		return false;
	}

	@BeforeEach
	void start() throws Exception {
		this.backplane = create();
		backplane().start(new BackplaneListener() {

			@Override
			public void onPublication(ChannelId channel, Publication publication) {
				BackplaneFixture.this.received.add(new Received(channel, publication));
				BackplaneFixture.this.others.forEach((other) -> other.onPublication(channel, publication));
			}

			@Override
			public void onEphemeral(ChannelId channel, Ephemeral ephemeral) {
				BackplaneFixture.this.passing.add(new Passing(channel, ephemeral));
				BackplaneFixture.this.others.forEach((other) -> other.onEphemeral(channel, ephemeral));
			}

			@Override
			public void onInterruption() {
				BackplaneFixture.this.others.forEach(BackplaneListener::onInterruption);
			}

		});
	}

	@AfterEach
	void close() {
		backplane().close();
	}

	/**
	 * Ends, and starts anew with nothing.
	 */
	void restart() throws Exception {
		close();
		start();
	}

	/**
	 * Somebody else hears the backplane too.
	 */
	void listen(BackplaneListener listener) {
		this.others.add(listener);
	}

	Backplane backplane() {
		return Objects.requireNonNull(this.backplane);
	}

	StreamPosition append(ChannelId channel, PublicationRequest request) throws Exception {
		return await(backplane().append(channel, request));
	}

	ChannelPast past(ChannelId channel, int limit) throws Exception {
		return await(backplane().past(channel, limit));
	}

	List<Publication> lastByKey(ChannelId channel, Collection<List<@Nullable Object>> keys) throws Exception {
		return await(backplane().lastByKey(channel, keys));
	}

	/**
	 * The next publication the listener got.
	 */
	Received take() throws InterruptedException {
		Received next = this.received.poll(60, TimeUnit.SECONDS);
		assertThat(next).as("publication received").isNotNull();
		return Objects.requireNonNull(next);
	}

	Passing takePassing() throws InterruptedException {
		Passing next = this.passing.poll(60, TimeUnit.SECONDS);
		assertThat(next).as("something ephemeral").isNotNull();
		return Objects.requireNonNull(next);
	}

	static <T> T await(CompletableFuture<T> future) throws Exception {
		return future.get(60, TimeUnit.SECONDS);
	}

	record Passing(ChannelId channel, Ephemeral ephemeral) {

	}

	record Received(ChannelId channel, Publication publication) {

		long offset() {
			return this.publication.position().offset();
		}

	}

}
