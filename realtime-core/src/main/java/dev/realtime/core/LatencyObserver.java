package dev.realtime.core;

/**
 * Hears how long publications take from being published to being written. Thread-safe;
 * called by lanes, so it does not block.
 *
 * @since 0.1.0
 * @see RealtimeEngine#observe
 */
@FunctionalInterface
public interface LatencyObserver {

	/**
	 * A lane wrote a publication to all its subscribers. Called once per publication and
	 * lane.
	 * @param nanos the time since the publication, in nanoseconds. Up to its arrival on
	 * this node it is told by the clocks of both nodes, in milliseconds
	 */
	void written(long nanos);

}
