package dev.realtime.system;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.realtime.redis.RedisServer;

/**
 * How often Redis was asked what, without what is no work for subscribers.
 *
 * @param calls by command
 */
record CommandCount(Map<String, Integer> calls) {

	private static final Pattern CALLS = Pattern.compile("cmdstat_([^:]+):calls=(\\d+)");

	/** The probe of each node, and this connection. */
	private static final Set<String> OTHERS = Set.of("publish", "spublish", "ping", "info", "hello", "client", "auth");

	static CommandCount of(RedisServer redis) {
		Map<String, Integer> calls = new TreeMap<>();
		Matcher matcher = CALLS.matcher(redis.execute((commands) -> commands.info("commandstats")));
		while (matcher.find()) {
			if (!OTHERS.contains(matcher.group(1).split("\\|")[0])) {
				calls.put(matcher.group(1), Integer.valueOf(matcher.group(2)));
			}
		}
		return new CommandCount(calls);
	}

	CommandCount minus(CommandCount before) {
		Map<String, Integer> difference = new TreeMap<>(this.calls);
		before.calls().forEach((command, count) -> difference.merge(command, -count, Integer::sum));
		difference.values().removeIf((count) -> count == 0);
		return new CommandCount(difference);
	}

	/**
	 * How often Redis was asked for a channel or what it keeps. The rest is what nodes
	 * tell each other, at most twenty times a second.
	 */
	int reads() {
		return Stream.of("subscribe", "xrange", "xrevrange").mapToInt((read) -> this.calls.getOrDefault(read, 0)).sum();
	}

}
