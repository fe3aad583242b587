package dev.realtime.redis;

import java.time.Duration;
import java.util.Locale;

import dev.realtime.core.ChannelId;
import dev.realtime.core.HistoryOptions;
import io.lettuce.core.RedisCommandExecutionException;

/**
 * Finds out whether a server can do what the backplane needs: it runs the scripts once,
 * on a channel that no application can name.
 */
final class ServerCheck {

	private static final ChannelId NOBODY = new ChannelId(null, null, "");

	private final String keyPrefix;

	private final String node;

	ServerCheck(String keyPrefix, String node) {
		this.keyPrefix = keyPrefix;
		this.node = node;
	}

	void run(CommandWire wire) throws Exception {
		RedisChannel channel = new RedisChannel(NOBODY, this.keyPrefix + ":{check:" + this.node + "}");
		AppendCall call = new AppendCall(channel, this.node, new HistoryOptions(1, Duration.ofSeconds(1), 1));
		byte[] text = Script.argument("check");
		call.add(text, text, text);
		Connector.await(Script.APPEND.run(wire, call.call(wire.isSharded(), 1, null)));
		Connector.await(PastCall.run(wire, channel, null, 1));
		Connector.await(Script.LAST_BY_KEY.run(wire.commands(),
				new String[] { channel.metaKey(), channel.lastByKeyKey() }, text));
		Connector.await(wire.commands().del(channel.keys()));
	}

	static UnsuitableRedisException explain(RedisCommandExecutionException refusal, String keyPrefix) {
		String answer = Failures.message(refusal);
		String words = answer.toUpperCase(Locale.ROOT);
		if (words.contains("WRONGPASS") || words.contains("NOAUTH") || words.contains("INVALID PASSWORD")) {
			return new UnsuitableRedisException("Redis refuses the login of the realtime backplane: " + answer,
					"Check spring.data.redis.username and spring.data.redis.password.", refusal);
		}
		if (words.contains("NOPERM") || words.contains("THE USER EXECUTING THE SCRIPT")
				|| words.contains("NO PERMISSIONS")) {
			return new UnsuitableRedisException(
					"Redis does not let its user do what the realtime backplane needs: " + answer,
					"Let the user of spring.data.redis.username do this: ~" + keyPrefix + ":* &" + keyPrefix
							+ ":* +@connection +@read +@write +@scripting +@pubsub +time",
					refusal);
		}
		return new UnsuitableRedisException("This Redis can not serve as the realtime backplane: " + answer,
				"Use Redis 6.2 or newer, or a server that understands the same commands, "
						+ "or set realtime.backplane=memory if there is only one node.",
				refusal);
	}

}
