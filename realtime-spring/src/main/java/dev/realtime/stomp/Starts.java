package dev.realtime.stomp;

import java.util.List;

import dev.realtime.Replay;
import dev.realtime.TopicFilter;
import dev.realtime.core.MessageFilter;
import dev.realtime.core.Start;
import dev.realtime.topic.ChannelSettings;

/**
 * What subscriptions get first.
 */
final class Starts {

	/**
	 * Keys whose last message is looked up for one subscription. A filter of more falls
	 * back to the bounded history.
	 */
	private static final int MAX_REPLAY_KEYS = 512;

	private Starts() {
	}

	/**
	 * What the topic wants.
	 */
	static Start byDefault(ChannelSettings settings, TopicFilter filter) {
		return (settings.replay() == Replay.LAST) ? last(settings, filter) : new Start.Live();
	}

	/**
	 * The newest message that matches.
	 */
	static Start last(ChannelSettings settings, TopicFilter filter) {
		return new Start.Last(settings.key().isEmpty() ? List.of()
				: List.copyOf(MessageFilter.of(filter.values()).combinations(settings.key(), MAX_REPLAY_KEYS)));
	}

}
