package dev.realtime.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.realtime.StreamPosition;
import dev.realtime.core.HistoryOptions;
import org.jspecify.annotations.Nullable;

/**
 * One call of the script that appends.
 */
final class AppendCall {

	/**
	 * A node repeats what it does not know Redis has done for as long as Redis is away.
	 * What it repeats later than this may arrive twice.
	 */
	private static final Duration SEQUENCE_TTL = Duration.ofHours(1);

	/** Remembered per channel, so that they do not fill the memory. */
	private static final int MAX_IDEMPOTENCY_KEYS = 10_000;

	private static final byte[] NOTHING = new byte[0];

	private final RedisChannel channel;

	private final String node;

	private final HistoryOptions history;

	private final List<byte[]> publications = new ArrayList<>();

	AppendCall(RedisChannel channel, String node, HistoryOptions history) {
		this.channel = channel;
		this.node = node;
		this.history = history;
	}

	void add(byte[] body, byte @Nullable [] key, byte @Nullable [] idempotencyKey) {
		this.publications.add(body);
		this.publications.add((key != null) ? key : NOTHING);
		this.publications.add((idempotencyKey != null) ? idempotencyKey : NOTHING);
	}

	/**
	 * What the script is called with.
	 * @param known the newest position this node knows of
	 */
	Script.Call call(boolean sharded, long sequence, @Nullable StreamPosition known) {
		List<byte[]> arguments = new ArrayList<>(13 + this.publications.size());
		arguments.add(Script.argument(sharded ? "SPUBLISH" : "PUBLISH"));
		arguments.add(Script.argument(this.channel.name()));
		arguments.add(Script.argument(Epochs.next()));
		arguments.add(Script.argument(Epochs.ttl(this.history.ttl()).toMillis()));
		arguments.add(Script.argument(this.node));
		arguments.add(Script.argument(sequence));
		arguments.add(Script.argument(SEQUENCE_TTL.toMillis()));
		arguments.add(Script.argument((known != null) ? known.epoch() : ""));
		arguments.add(Script.argument((known != null) ? known.offset() : 0));
		arguments.add(Script.argument(this.history.size()));
		arguments.add(Script.argument(this.history.ttl().toMillis()));
		arguments.add(Script.argument(this.history.keys()));
		arguments.add(Script.argument(MAX_IDEMPOTENCY_KEYS));
		arguments.addAll(this.publications);
		String[] keys = Arrays.copyOf(this.channel.keys(), 7);
		keys[6] = this.channel.publisherKey(this.node);
		return new Script.Call(keys, arguments.toArray(byte[][]::new));
	}

	/**
	 * Reads what the script answered.
	 * @return the positions, in the order of the publications
	 */
	static List<StreamPosition> positions(byte[] answer) {
		String[] epochAndOffsets = new String(answer, StandardCharsets.US_ASCII).split(" ", 2);
		return Arrays.stream(epochAndOffsets[1].split(","))
			.map((offset) -> new StreamPosition(epochAndOffsets[0], Long.parseLong(offset)))
			.toList();
	}

}
