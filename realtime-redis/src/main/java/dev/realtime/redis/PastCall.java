package dev.realtime.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;

import dev.realtime.StreamPosition;
import dev.realtime.core.ChannelPast;
import dev.realtime.core.Publication;
import dev.realtime.redis.Interests.Sighting;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls of the script that reads the past of a channel.
 */
final class PastCall {

	private static final Logger logger = LoggerFactory.getLogger(PastCall.class);

	private PastCall() {
	}

	/**
	 * Runs the script.
	 * @param known the newest this node knows of
	 * @return what it answered
	 */
	static CompletionStage<List<byte[]>> run(CommandWire wire, RedisChannel channel, @Nullable Sighting known,
			int limit) {
		String origin = (known != null) ? known.origin() : null;
		return Script.PAST.run(wire.commands(), channel.keys(), Script.argument(Epochs.next()),
				Script.argument(Epochs.ttl(Duration.ZERO).toMillis()),
				Script.argument((known != null) ? known.position().epoch() : ""),
				Script.argument((known != null) ? known.position().offset() : 0),
				Script.argument((origin != null) ? origin : ""), Script.argument(limit));
	}

	/**
	 * Reads what the script answered. Only what is young enough, readable and connected
	 * to the position counts.
	 */
	static ChannelPast past(List<byte[]> answer, RedisChannel channel, Signatures signatures) {
		StreamPosition position = position(answer);
		long oldest = Long.parseLong(text(answer.get(2)));
		List<Publication> publications = new ArrayList<>();
		StreamPosition next = position;
		for (byte[] message : answer.subList(3, answer.size())) {
			Message read = parse(message, channel, signatures);
			Publication publication = (read != null) ? read.publication() : null;
			if (publication == null || publication.timestamp() < oldest || !publication.position().equals(next)) {
				break;
			}
			publications.add(publication);
			next = new StreamPosition(position.epoch(), next.offset() - 1);
		}
		Collections.reverse(publications);
		return new ChannelPast(position, List.copyOf(publications));
	}

	/**
	 * The newest of what the script answered.
	 */
	static Sighting newest(List<byte[]> answer, RedisChannel channel, Signatures signatures) {
		StreamPosition position = position(answer);
		Message newest = (answer.size() > 3) ? parse(answer.get(3), channel, signatures) : null;
		return new Sighting(position,
				(newest != null && newest.publication().position().equals(position)) ? newest.origin() : null);
	}

	private static StreamPosition position(List<byte[]> answer) {
		return new StreamPosition(text(answer.get(0)), Long.parseLong(text(answer.get(1))));
	}

	/**
	 * Reads what the script for the last publications by key answered.
	 */
	static List<Publication> lastByKey(List<byte[]> answer, RedisChannel channel, Signatures signatures) {
		String epoch = text(answer.get(0));
		long oldest = Long.parseLong(text(answer.get(1)));
		List<Publication> publications = new ArrayList<>();
		for (byte[] bytes : answer.subList(2, answer.size())) {
			Message message = parse(bytes, channel, signatures);
			if (message != null && message.publication().timestamp() >= oldest
					&& message.publication().position().epoch().equals(epoch)) {
				publications.add(message.publication());
			}
		}
		return publications;
	}

	/**
	 * Reads a message.
	 * @return {@code null} if somebody else wrote it
	 */
	private static @Nullable Message parse(byte[] bytes, RedisChannel channel, Signatures signatures) {
		try {
			return Message.parse(bytes, channel, signatures);
		}
		catch (IllegalArgumentException ex) {
			logger.debug("Ignored what somebody wrote into {}: {}", channel.name(), ex.getMessage());
			return null;
		}
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.US_ASCII);
	}

}
