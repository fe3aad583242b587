package dev.realtime.autoconfigure;

/**
 * The port of {@code realtime.ws-port}, as it was opened.
 */
@FunctionalInterface
interface DedicatedPort {

	int port();

}
