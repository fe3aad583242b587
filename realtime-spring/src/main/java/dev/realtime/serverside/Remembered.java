package dev.realtime.serverside;

import java.util.Set;

/**
 * A subscription as nodes remember it.
 *
 * @param subscription the subscription
 * @param ttlMillis how long it is remembered from now on
 * @param excluded users whose right to it was withdrawn, where it is not for one user
 */
record Remembered(ServerSubscription subscription, long ttlMillis, Set<String> excluded) {

	Remembered {
		excluded = Set.copyOf(excluded);
	}

}
