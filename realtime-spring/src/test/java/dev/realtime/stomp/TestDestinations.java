package dev.realtime.stomp;

import org.jspecify.annotations.Nullable;

/**
 * Destinations as the endpoint reads them.
 */
public final class TestDestinations {

	private TestDestinations() {
	}

	/**
	 * The name of the topic in a destination.
	 * @return {@code null} if it is none of a topic
	 */
	public static @Nullable String topicName(String destination) {
		try {
			return TopicBroker.topicName(destination);
		}
		catch (DeniedException ex) {
			return null;
		}
	}

}
