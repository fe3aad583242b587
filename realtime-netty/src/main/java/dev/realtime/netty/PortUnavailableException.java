package dev.realtime.netty;

/**
 * The dedicated port can not be opened, most often because something else listens there.
 *
 * @since 0.1.0
 */
public final class PortUnavailableException extends IllegalStateException {

	private final int port;

	PortUnavailableException(int port, Throwable cause) {
		super("Port " + port + " of realtime.ws-port can not be opened: " + cause.getMessage(), cause);
		this.port = port;
	}

	/**
	 * The port.
	 * @return the port that was asked for
	 */
	public int getPort() {
		return this.port;
	}

}
