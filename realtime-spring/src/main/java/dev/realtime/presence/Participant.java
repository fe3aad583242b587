package dev.realtime.presence;

import dev.realtime.core.ChannelId;
import dev.realtime.core.Ending;
import dev.realtime.core.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * A subscription that joins, views, or both.
 */
final class Participant implements PresenceSubscription {

	private final Participation participation;

	private final Audiences audiences;

	private final OwnSessions own;

	private final PresenceTimer timer;

	private volatile @Nullable String info;

	/** Guarded by the hub. */
	private @Nullable Viewer viewer;

	Participant(Participation participation, Audiences audiences, OwnSessions own, PresenceTimer timer) {
		this.participation = participation;
		this.audiences = audiences;
		this.own = own;
		this.timer = timer;
		this.info = participation.info();
	}

	@Override
	public void onLive(Subscription<?> subscription) {
		this.timer.execute(() -> {
			ChannelId room = this.participation.room();
			Viewer viewer = new Viewer(subscription, this.participation.countOnly(), this.participation.visibility());
			this.viewer = viewer;
			this.audiences.add(room, viewer);
			if (this.participation.joins()) {
				this.own.join(this.participation.connection(), room, this.participation.user(), this.info);
			}
		});
	}

	@Override
	public void onGrantedAgain(@Nullable String info) {
		// Who is not there yet comes with it.
		this.info = info;
		this.timer.execute(() -> {
			Viewer viewer = this.viewer;
			if (viewer != null) {
				this.audiences.doubt(this.participation.room(), viewer);
				if (this.participation.joins()) {
					this.own.describe(this.participation.connection(), this.participation.room(), this.info);
				}
			}
		});
	}

	@Override
	public void onEnd(Subscription<?> subscription, Ending ending) {
		this.timer.execute(() -> {
			ChannelId room = this.participation.room();
			this.viewer = null;
			this.audiences.remove(room, subscription);
			if (this.participation.joins()) {
				this.own.leave(this.participation.connection(), room, ending);
			}
		});
	}

}
