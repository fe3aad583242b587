package dev.realtime.core;

import java.util.List;

import dev.realtime.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription gets before the live publications.
 *
 * @since 0.1.0
 */
public sealed interface Start {

	/**
	 * Nothing.
	 */
	record Live() implements Start {

	}

	/**
	 * The newest publication that matches.
	 *
	 * @param keys keys whose last publication may be the one; empty where the filter
	 * leaves the key of the topic open
	 */
	record Last(List<List<@Nullable Object>> keys) implements Start {

	}

	/**
	 * All that match after a position, or word that they are gone.
	 *
	 * @param position the last position the client saw
	 */
	record Since(StreamPosition position) implements Start {

	}

}
