package dev.realtime.presence;

import dev.realtime.core.ChannelId;
import dev.realtime.core.Ending;
import dev.realtime.core.Subscription;
import dev.realtime.core.SubscriptionObserver;

/**
 * A subscription that joins, views, or both.
 */
final class Participant implements SubscriptionObserver {

	private final Participation participation;

	private final Audiences audiences;

	private final OwnSessions own;

	private final PresenceTimer timer;

	Participant(Participation participation, Audiences audiences, OwnSessions own, PresenceTimer timer) {
		this.participation = participation;
		this.audiences = audiences;
		this.own = own;
		this.timer = timer;
	}

	@Override
	public void onLive(Subscription<?> subscription) {
		this.timer.execute(() -> {
			ChannelId room = this.participation.room();
			this.audiences.add(room,
					new Viewer(subscription, this.participation.countOnly(), this.participation.visibility()));
			if (this.participation.joins()) {
				this.own.join(this.participation.connection(), room, this.participation.user(),
						this.participation.info());
			}
		});
	}

	@Override
	public void onEnd(Subscription<?> subscription, Ending ending) {
		this.timer.execute(() -> {
			ChannelId room = this.participation.room();
			this.audiences.remove(room, subscription);
			if (this.participation.joins()) {
				this.own.leave(this.participation.connection(), room, ending);
			}
		});
	}

}
