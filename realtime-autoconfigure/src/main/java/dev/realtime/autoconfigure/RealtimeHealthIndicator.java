package dev.realtime.autoconfigure;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * DOWN while publications do not get from node to node.
 */
final class RealtimeHealthIndicator extends AbstractHealthIndicator {

	private final BackplaneMonitor monitor;

	RealtimeHealthIndicator(BackplaneMonitor monitor) {
		this.monitor = monitor;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		BackplaneStatus status = this.monitor.status();
		builder.status(status.connected() ? Status.UP : Status.DOWN);
		if (status.since() != null) {
			builder.withDetail("since", status.since());
			builder.withDetail("backlog", status.backlog());
			builder.withDetail("dropped", status.dropped());
		}
		if (status.reason() != null) {
			builder.withDetail("reason", status.reason());
		}
	}

}
