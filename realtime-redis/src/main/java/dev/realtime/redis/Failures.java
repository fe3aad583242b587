package dev.realtime.redis;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import io.lettuce.core.RedisCommandExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Tells failures apart.
 */
final class Failures {

	/**
	 * First words of answers of a server that will do it later: it starts, fails over, is
	 * busy, or has no memory or replicas.
	 */
	private static final Set<String> TEMPORARY = Set.of("LOADING", "BUSY", "READONLY", "MASTERDOWN", "CLUSTERDOWN",
			"TRYAGAIN", "MOVED", "ASK", "MISCONF", "OOM", "NOREPLICAS");

	private Failures() {
	}

	/**
	 * Whether Redis refused, and would refuse it again.
	 */
	static boolean isFinal(Throwable failure) {
		RedisCommandExecutionException refusal = refusal(failure);
		return refusal != null && !TEMPORARY.contains(code(refusal)) && !message(refusal).contains("-READONLY")
				&& !message(refusal).contains("-OOM");
	}

	/**
	 * Whether the server at the other end no longer is the one to write to.
	 */
	static boolean isDemotion(Throwable failure) {
		RedisCommandExecutionException refusal = refusal(failure);
		return refusal != null && message(refusal).contains("READONLY");
	}

	/**
	 * The answer of Redis in a failure, at whatever depth.
	 */
	static @Nullable RedisCommandExecutionException refusal(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof RedisCommandExecutionException refusal) {
				return refusal;
			}
		}
		return null;
	}

	static String message(Throwable failure) {
		return (failure.getMessage() != null) ? failure.getMessage() : failure.getClass().getSimpleName();
	}

	private static String code(RedisCommandExecutionException refusal) {
		return message(refusal).split("[ :]", 2)[0].toUpperCase(Locale.ROOT);
	}

	/**
	 * What went wrong, in the words of whoever noticed first.
	 */
	static String describe(Throwable failure) {
		if (failure instanceof UnsuitableRedisException) {
			return message(failure);
		}
		Throwable root = failure;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return "Redis is not reachable: " + message(root);
	}

	static Throwable unwrap(Throwable failure) {
		return ((failure instanceof CompletionException || failure instanceof ExecutionException)
				&& failure.getCause() != null) ? failure.getCause() : failure;
	}

}
