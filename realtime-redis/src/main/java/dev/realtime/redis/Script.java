package dev.realtime.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;
import io.lettuce.core.codec.Base16;
import io.lettuce.core.output.ValueOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;

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
		return orWithSource(commands.<T>evalsha(this.digest, this.output, keys, arguments), commands, keys, arguments);
	}

	CompletionStage<T> run(CommandWire wire, Call call) {
		return run(wire.commands(), call.keys(), call.arguments());
	}

	private CompletionStage<T> orWithSource(CompletionStage<T> answer,
			RedisScriptingAsyncCommands<String, byte[]> commands, String[] keys, byte[]... arguments) {
		return answer.handle((value, failure) -> {
			if (failure == null) {
				return CompletableFuture.completedStage(value);
			}
			return isUnknown(failure) ? commands.<T>eval(this.source, this.output, keys, arguments)
					: CompletableFuture.<T>failedStage(failure);
		}).thenCompose((value) -> value);
	}

	/**
	 * Runs a script several times. All calls leave in one write, and none waits for
	 * another.
	 * @return the answers, in the order of the calls
	 */
	static List<CompletionStage<byte[]>> runAll(Script<byte[]> script, CommandWire wire, List<Call> calls) {
		if (calls.size() == 1) {
			return List.of(script.run(wire, calls.get(0)));
		}
		List<AsyncCommand<String, byte[], byte[]>> commands = calls.stream().map(script::command).toList();
		wire.send(commands);
		List<CompletionStage<byte[]>> answers = new ArrayList<>(calls.size());
		for (int i = 0; i < calls.size(); i++) {
			Call call = calls.get(i);
			answers.add(script.orWithSource(commands.get(i), wire.commands(), call.keys(), call.arguments()));
		}
		return answers;
	}

	private AsyncCommand<String, byte[], byte[]> command(Call call) {
		CommandArgs<String, byte[]> arguments = new CommandArgs<>(Connector.CODEC).add(this.digest)
			.add(call.keys().length)
			.addKeys(call.keys())
			.addValues(call.arguments());
		return new AsyncCommand<>(new Command<>(CommandType.EVALSHA, new ValueOutput<>(Connector.CODEC), arguments));
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

	/**
	 * What a script is called with.
	 */
	record Call(String[] keys, byte[][] arguments) {

	}

}
