package dev.realtime.access;

/**
 * Hears of HTTP sessions behind connections, on whatever node they are. Does not block.
 *
 * @since 0.1.0
 */
public interface SessionListener {

	/**
	 * A session ended, or goes on for somebody else.
	 * @param session the hashed id of the session
	 */
	void onEnd(String session);

	/**
	 * A session got another id.
	 * @param from the hashed old id
	 * @param to the hashed new id
	 */
	void onRename(String from, String to);

}
