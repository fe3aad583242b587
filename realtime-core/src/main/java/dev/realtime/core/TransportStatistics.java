package dev.realtime.core;

import java.util.Collections;
import java.util.Map;

/**
 * What one transport counted so far. Immutable.
 *
 * @param transport the name of the transport
 * @param connections connections that are there now
 * @param subscriptions subscriptions that are there now
 * @param deliveries publications written to subscribers so far, once per subscription
 * @param drops what did not get to clients so far, with an entry for each reason
 * @param closes connections the server ended so far, with an entry for each reason
 * @param clientsGone connections so far that ended because the client left, or could not
 * be reached any more
 * @param queuedBytes publications that wait for the lanes of the transport now, in bytes
 * @since 0.1.0
 */
public record TransportStatistics(String transport, long connections, long subscriptions, long deliveries,
		Map<DropReason, Long> drops, Map<CloseReason, Long> closes, long clientsGone, long queuedBytes) {

	public TransportStatistics {
		drops = Collections.unmodifiableMap(drops);
		closes = Collections.unmodifiableMap(closes);
	}

	/**
	 * What did not get to clients for one reason.
	 * @param reason the reason
	 * @return the number so far
	 */
	public long drops(DropReason reason) {
		return this.drops.getOrDefault(reason, 0L);
	}

	/**
	 * Connections the server ended for one reason.
	 * @param reason the reason
	 * @return the number so far
	 */
	public long closes(CloseReason reason) {
		return this.closes.getOrDefault(reason, 0L);
	}

	long allDrops() {
		return this.drops.values().stream().mapToLong(Long::longValue).sum();
	}

	long allCloses() {
		return this.clientsGone + this.closes.values().stream().mapToLong(Long::longValue).sum();
	}

}
