package dev.realtime.core;

import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import dev.realtime.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * A backplane that loses, repeats and delays publications on their way, fails to answer,
 * and answers from another thread. Appends always work. Counts what it is asked.
 */
final class FaultyBackplane implements Backplane {

	private final Backplane backplane;

	private final Random random = new Random(42);

	private final ExecutorService answers = Executors.newFixedThreadPool(2);

	private final AtomicInteger calls = new AtomicInteger();

	private final AtomicInteger lost = new AtomicInteger();

	private volatile boolean faulty;

	private volatile boolean deaf;

	private BackplaneListener listener = (channel, publication) -> {
	};

	FaultyBackplane(Backplane backplane) {
		this.backplane = backplane;
	}

	/**
	 * Whether there are faults from now on.
	 */
	void setFaulty(boolean faulty) {
		this.faulty = faulty;
	}

	/**
	 * Whether nothing arrives from now on.
	 */
	void setDeaf(boolean deaf) {
		this.deaf = deaf;
	}

	/**
	 * How often anything but an append was asked for.
	 */
	int calls() {
		return this.calls.get();
	}

	/**
	 * How many publications did not arrive.
	 */
	int lost() {
		return this.lost.get();
	}

	void interrupt() {
		this.listener.onInterruption();
	}

	@Override
	public void start(BackplaneListener listener) {
		this.listener = listener;
		this.backplane.start(new BackplaneListener() {

			private @Nullable Publication delayed;

			@Override
			public synchronized void onPublication(ChannelId channel, Publication publication) {
				int dice = FaultyBackplane.this.faulty ? FaultyBackplane.this.random.nextInt(10) : 9;
				if (dice == 0 || FaultyBackplane.this.deaf) {
					FaultyBackplane.this.lost.incrementAndGet();
				}
				else if (dice == 1 && this.delayed == null) {
					this.delayed = publication;
				}
				else {
					deliver(channel, publication, dice);
				}
			}

			@Override
			public void onEphemeral(ChannelId channel, Ephemeral ephemeral) {
				listener.onEphemeral(channel, ephemeral);
			}

			private void deliver(ChannelId channel, Publication publication, int dice) {
				listener.onPublication(channel, publication);
				if (dice == 2) {
					listener.onPublication(channel, publication);
				}
				if (this.delayed != null) {
					listener.onPublication(channel, this.delayed);
					this.delayed = null;
				}
			}

		});
	}

	@Override
	public CompletableFuture<StreamPosition> append(ChannelId channel, PublicationRequest request) {
		return this.backplane.append(channel, request);
	}

	@Override
	public void broadcast(ChannelId channel, Ephemeral ephemeral) {
		this.backplane.broadcast(channel, ephemeral);
	}

	@Override
	public CompletableFuture<Void> subscribe(ChannelId channel) {
		this.calls.incrementAndGet();
		return this.backplane.subscribe(channel);
	}

	@Override
	public void unsubscribe(ChannelId channel) {
		this.calls.incrementAndGet();
		this.backplane.unsubscribe(channel);
	}

	@Override
	public CompletableFuture<ChannelPast> past(ChannelId channel, int limit) {
		return answer(() -> this.backplane.past(channel, limit).join());
	}

	@Override
	public CompletableFuture<List<Publication>> lastByKey(ChannelId channel, Collection<List<@Nullable Object>> keys) {
		return answer(() -> this.backplane.lastByKey(channel, keys).join());
	}

	private <T> CompletableFuture<T> answer(Supplier<T> answer) {
		this.calls.incrementAndGet();
		return CompletableFuture.supplyAsync(() -> {
			T value = answer.get();
			if (this.faulty && this.random.nextInt(4) == 0) {
				throw new IllegalStateException("Expected by a test");
			}
			return value;
		}, this.answers);
	}

	@Override
	public void close() {
		this.answers.shutdownNow();
		this.backplane.close();
	}

}
