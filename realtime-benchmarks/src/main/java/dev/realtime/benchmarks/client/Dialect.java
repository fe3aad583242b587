package dev.realtime.benchmarks.client;

/**
 * What is spoken inside the WebSocket messages of a server. Stateless; called by the
 * client's thread only.
 *
 * @since 0.1.0
 */
public interface Dialect {

	/**
	 * How the connection is opened.
	 * @param wanted what it is going to subscribe to
	 * @return the handshake
	 */
	Handshake handshake(Wanted wanted);

	/**
	 * The WebSocket is open: time to subscribe, or to connect first.
	 * @param connection the connection
	 */
	void opened(ClientConnection connection);

	/**
	 * A complete text message arrived.
	 * @param connection the connection
	 * @param bytes holds the message
	 * @param from where it starts
	 * @param to where it ends
	 */
	void message(ClientConnection connection, byte[] bytes, int from, int to);

	/**
	 * Whether the server acknowledges subscriptions. Where it does not, the client has to
	 * probe until messages arrive everywhere.
	 * @return {@code true} if it does
	 */
	boolean acknowledges();

}
