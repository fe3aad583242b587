package dev.realtime.benchmarks.server;

/**
 * Publishes by the means of a server.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Publisher {

	/**
	 * Publishes to all who want to know about an id.
	 * @param id counted from zero
	 * @param payload what to publish
	 */
	void publish(int id, Payload payload);

	/**
	 * Waits until everything is published that was handed over.
	 */
	default void await() {
	}

}
