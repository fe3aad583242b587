package dev.realtime.autoconfigure;

/**
 * How the backplane does, whichever it is.
 */
interface BackplaneMonitor {

	/**
	 * The memory of this node, or a backplane of the application, about which we know
	 * nothing.
	 */
	BackplaneMonitor UNWATCHED = () -> new BackplaneStatus(true, null, null, 0, 0);

	BackplaneStatus status();

}
