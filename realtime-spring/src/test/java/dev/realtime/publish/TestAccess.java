package dev.realtime.publish;

import java.time.Duration;

import dev.realtime.access.AccessControl;
import dev.realtime.access.AccessOptions;
import dev.realtime.core.HistoryOptions;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.serverside.ServerSubscriptionControl;
import dev.realtime.topic.UserChannel;

/**
 * Access control of tests.
 */
final class TestAccess {

	private TestAccess() {
	}

	static AccessControl of(RealtimeEngine engine) {
		return new AccessControl(engine, new AccessOptions(null, Duration.ZERO, Duration.ofSeconds(10)));
	}

	static ServerSubscriptionControl subscriptions(RealtimeEngine engine) {
		return new ServerSubscriptionControl(engine, of(engine), Duration.ofHours(1));
	}

	static UserChannel userChannel() {
		return UserChannel.of(new HistoryOptions(10, Duration.ofMinutes(1), 0));
	}

}
