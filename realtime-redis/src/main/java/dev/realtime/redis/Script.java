package dev.realtime.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;
import io.lettuce.core.codec.Base16;

/**
 * A Lua script in a file. Called by its digest; where the server does not know it, it is
 * sent along once.
 *
 * @param <T> what it answers
 */
final class Script<T> {

	static final Script<byte[]> APPEND = new Script<>("append.lua", ScriptOutputType.VALUE);

	static final Script<List<byte[]>> PAST = new Script<>("past.lua", ScriptOutputType.MULTI);

	static final Script<List<byte[]>> LAST_BY_KEY = new Script<>("last-by-key.lua", ScriptOutputType.MULTI);

	private final byte[] source;

	private final String digest;

	private final ScriptOutputType output;

	private Script(String file, ScriptOutputType output) {
		try (InputStream stream = Objects.requireNonNull(Script.class.getResourceAsStream(file), file)) {
			this.source = stream.readAllBytes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.digest = Base16.digest(this.source);
		this.output = output;
	}

	CompletionStage<T> run(RedisScriptingAsyncCommands<String, byte[]> commands, String[] keys, byte[]... arguments) {
		return commands.<T>evalsha(this.digest, this.output, keys, arguments).handle((answer, failure) -> {
			if (failure == null) {
				return CompletableFuture.completedStage(answer);
			}
			return isUnknown(failure) ? commands.<T>eval(this.source, this.output, keys, arguments)
					: CompletableFuture.<T>failedStage(failure);
		}).thenCompose((answer) -> answer);
	}

	private static boolean isUnknown(Throwable failure) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		return cause instanceof RedisNoScriptException;
	}

	static byte[] argument(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	static byte[] argument(long number) {
		return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
	}

}
