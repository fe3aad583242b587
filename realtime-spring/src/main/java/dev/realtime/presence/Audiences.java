package dev.realtime.presence;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;

import dev.realtime.core.ChannelId;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.core.Subscription;

/**
 * The audiences of the rooms, and when it is their turn. Guarded by the hub.
 */
final class Audiences {

	private static final String CONTROL = "presence";

	private final RealtimeEngine engine;

	private final PresenceTable table;

	private final PresenceOptions options;

	private final PresenceTimer timer;

	private final Executor visibility;

	private final Map<ChannelId, Audience> audiences = new HashMap<>();

	/** Rooms in which something happened during the task under way. */
	private final Set<ChannelId> touched = new LinkedHashSet<>();

	/**
	 * No audience.
	 * @param engine takes to viewers what they are told
	 * @param visibility asks whom somebody may see, one after the other
	 */
	Audiences(RealtimeEngine engine, PresenceTable table, PresenceOptions options, PresenceTimer timer,
			Executor visibility) {
		this.engine = engine;
		this.table = table;
		this.options = options;
		this.timer = timer;
		this.visibility = visibility;
	}

	void add(ChannelId room, Viewer viewer) {
		this.audiences.computeIfAbsent(room, (id) -> new Audience(this.options, new Stage(id), this.timer.nanoTime()))
			.add(viewer);
		this.touched.add(room);
	}

	void remove(ChannelId room, Subscription<?> subscription) {
		Audience audience = this.audiences.get(room);
		if (audience != null) {
			audience.remove(subscription);
			if (audience.isEmpty()) {
				this.audiences.remove(room);
			}
		}
	}

	/**
	 * A viewer may be allowed to see others now.
	 */
	void doubt(ChannelId room, Viewer viewer) {
		Audience audience = this.audiences.get(room);
		if (audience != null) {
			audience.doubt(viewer);
			this.touched.add(room);
		}
	}

	/**
	 * Something about a member changed.
	 */
	void changed(ChannelId room, String user) {
		Audience audience = this.audiences.get(room);
		if (audience != null) {
			audience.changed(user);
			this.touched.add(room);
		}
	}

	/**
	 * Sees to it that those have a turn for whom something happened.
	 */
	void scheduleTurns() {
		this.touched.forEach(this::scheduleTurn);
		this.touched.clear();
	}

	private void scheduleTurn(ChannelId room) {
		Audience audience = this.audiences.get(room);
		Long due = (audience != null) ? audience.claimTurn(this.table.room(room)) : null;
		if (due != null) {
			long delay = Math.max(0, due - this.timer.nanoTime());
			this.timer.schedule(() -> turn(room), Duration.ofNanos(delay));
		}
	}

	private void turn(ChannelId room) {
		Audience audience = this.audiences.get(room);
		if (audience != null) {
			audience.turn(this.table.room(room), this.timer.nanoTime());
			this.touched.add(room);
		}
	}

	/**
	 * How the audience of a room is told.
	 */
	private final class Stage implements Audience.Stage {

		private final ChannelId room;

		Stage(ChannelId room) {
			this.room = room;
		}

		@Override
		public void tell(List<Subscription<?>> subscriptions, byte[] body) {
			Audiences.this.engine.tell(subscriptions, CONTROL, body);
		}

		@Override
		public void ask(Runnable question, Runnable then) {
			Audiences.this.visibility.execute(() -> {
				try {
					question.run();
				}
				finally {
					Audiences.this.timer.execute(() -> {
						then.run();
						Audiences.this.touched.add(this.room);
					});
				}
			});
		}

	}

}
