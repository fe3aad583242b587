package dev.realtime.topic;

import java.util.List;

import dev.realtime.Overflow;
import dev.realtime.Replay;
import dev.realtime.Scope;
import dev.realtime.core.HistoryOptions;

/**
 * The channel that every user has without a declaration, on all their devices:
 * {@code /realtime/@me}. No topic can have its name.
 *
 * @param settings what holds for each of these channels
 * @since 0.1.0
 */
public record UserChannel(ChannelSettings settings) {

	/** The name of the channel. */
	public static final String NAME = "@me";

	/**
	 * Channels that keep as much of their past as topics that say nothing about it.
	 * @param history the bounds
	 * @return the channel
	 */
	public static UserChannel of(HistoryOptions history) {
		return new UserChannel(new ChannelSettings(Scope.USER, List.of(),
				new HistoryOptions(history.size(), history.ttl(), 0), Replay.LAST, Overflow.DISCONNECT));
	}

}
