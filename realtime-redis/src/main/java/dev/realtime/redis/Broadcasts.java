package dev.realtime.redis;

import dev.realtime.core.Ephemeral;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is ephemeral on its way to Redis. It does not wait: without a connection, or while
 * too much is under way, it is dropped. Thread-safe, never blocks.
 */
final class Broadcasts {

	/** At most 16 MB of them by default, and many more than a healthy Redis lets wait. */
	private static final int MAX_UNDER_WAY = 1000;

	private static final Logger logger = LoggerFactory.getLogger(Broadcasts.class);

	private final Link<CommandWire> link;

	private final Signatures signatures;

	Broadcasts(Link<CommandWire> link, Signatures signatures) {
		this.link = link;
		this.signatures = signatures;
	}

	void send(RedisChannel channel, Ephemeral ephemeral) {
		CommandWire wire = this.link.wire();
		if (wire == null || wire.isClosed()) {
			return;
		}
		if (wire.publishing() >= MAX_UNDER_WAY) {
			return;
		}
		try {
			wire.publish(channel.name(), Message.ephemeral(ephemeral, channel, this.signatures));
		}
		catch (RuntimeException ex) {
			logger.debug("Could not broadcast on {}", channel.name(), ex);
		}
	}

}
