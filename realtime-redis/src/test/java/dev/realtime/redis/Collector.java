package dev.realtime.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.realtime.StreamPosition;
import dev.realtime.core.Backplane;
import dev.realtime.core.BackplaneListener;
import dev.realtime.core.ChannelId;
import dev.realtime.core.ChannelPast;
import dev.realtime.core.Publication;

/**
 * A listener on one channel which fills holes from the past, as the hub of a node does.
 */
final class Collector implements BackplaneListener, AutoCloseable {

	private final ExecutorService thread = Executors.newSingleThreadExecutor();

	private final ChannelId channel;

	private final List<String> received = new ArrayList<>();

	private final AtomicInteger live = new AtomicInteger();

	private final AtomicInteger interruptions = new AtomicInteger();

	private final AtomicInteger gaps = new AtomicInteger();

	private Backplane backplane;

	private StreamPosition position;

	Collector(ChannelId channel) {
		this.channel = channel;
	}

	/**
	 * Starts a backplane and waits until it delivers the channel.
	 */
	void start(Backplane backplane) throws Exception {
		begin(backplane);
		backplane.subscribe(this.channel).get(60, TimeUnit.SECONDS);
		this.position = backplane.past(this.channel, 0).get(60, TimeUnit.SECONDS).position();
	}

	void begin(Backplane backplane) {
		this.backplane = backplane;
		backplane.start(this);
	}

	@Override
	public void onPublication(ChannelId channel, Publication publication) {
		this.live.incrementAndGet();
		this.thread.execute(() -> {
			if (!publication.position().epoch().equals(this.position.epoch())
					|| publication.position().offset() > this.position.offset() + 1) {
				heal();
			}
			take(publication);
		});
	}

	@Override
	public void onInterruption() {
		this.interruptions.incrementAndGet();
		this.thread.execute(this::heal);
	}

	private void heal() {
		ChannelPast past = this.backplane.past(this.channel, Integer.MAX_VALUE).orTimeout(60, TimeUnit.SECONDS).join();
		boolean sameEpoch = past.position().epoch().equals(this.position.epoch());
		long oldest = past.position().offset() - past.publications().size() + 1;
		if (!sameEpoch || oldest > this.position.offset() + 1) {
			this.gaps.incrementAndGet();
			this.position = new StreamPosition(past.position().epoch(), oldest - 1);
		}
		past.publications().forEach(this::take);
	}

	private void take(Publication publication) {
		if (publication.position().epoch().equals(this.position.epoch())
				&& publication.position().offset() == this.position.offset() + 1) {
			this.position = publication.position();
			synchronized (this.received) {
				this.received.add(new String(publication.data(), StandardCharsets.UTF_8));
			}
		}
	}

	List<String> received() {
		synchronized (this.received) {
			return List.copyOf(this.received);
		}
	}

	int count() {
		synchronized (this.received) {
			return this.received.size();
		}
	}

	/**
	 * What the backplane delivered, without what was read.
	 */
	int live() {
		return this.live.get();
	}

	int interruptions() {
		return this.interruptions.get();
	}

	int gaps() {
		return this.gaps.get();
	}

	@Override
	public void close() {
		this.thread.shutdownNow();
	}

}
