package dev.realtime.core;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Epochs of a channel that are not the current one. Bounded: one that was forgotten costs
 * a read of the channel, no more. Not thread-safe: its hub owns it.
 */
final class KnownEpochs {

	private static final int MAX_EPOCHS = 16;

	private final Set<String> former = new LinkedHashSet<>();

	private final Set<String> others = new LinkedHashSet<>();

	/**
	 * Adds an epoch whose publications were delivered. What still comes of it is late.
	 */
	void addFormer(String epoch) {
		add(this.former, epoch);
	}

	/**
	 * Adds an epoch that a client has seen, and that was not the current one.
	 */
	void addOther(String epoch) {
		add(this.others, epoch);
	}

	private static void add(Set<String> epochs, String epoch) {
		if (epochs.add(epoch) && epochs.size() > MAX_EPOCHS) {
			epochs.remove(epochs.iterator().next());
		}
	}

	boolean isFormer(String epoch) {
		return this.former.contains(epoch);
	}

	boolean isKnown(String epoch) {
		return this.former.contains(epoch) || this.others.contains(epoch);
	}

}
