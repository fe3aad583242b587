package dev.realtime.redis;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A message to ourselves, now and then: a link that is up may deliver nothing all the
 * same. Thread-safe.
 */
final class Probe {

	private final String name;

	private final Link<CommandWire> commands;

	private final Link<PubSubWire> pubSub;

	private final Availability availability;

	private final long intervalNanos;

	private @Nullable Round round;

	Probe(String name, Link<CommandWire> commands, Link<PubSubWire> pubSub, Availability availability,
			long intervalNanos) {
		this.name = name;
		this.commands = commands;
		this.pubSub = pubSub;
		this.availability = availability;
		this.intervalNanos = intervalNanos;
	}

	/**
	 * Looks at what became of the last message, and sends another.
	 */
	synchronized void run() {
		CommandWire commands = this.commands.wire();
		PubSubWire pubSub = this.pubSub.wire();
		Round last = this.round;
		if (last != null && last.commands == commands && last.pubSub == pubSub && !last.missing.isEmpty()) {
			judge(last);
			return;
		}
		this.round = null;
		this.availability.up(Availability.Part.ANSWERS);
		if (commands != null && pubSub != null) {
			start(commands, pubSub);
		}
	}

	private void judge(Round last) {
		long now = System.nanoTime();
		if (last.answered == null) {
			this.availability.down(Availability.Part.ANSWERS, "Redis does not answer");
			if (now - last.started >= 2 * this.intervalNanos) {
				this.commands.lost(last.commands, "Redis did not answer");
			}
		}
		else if (now - last.answered >= this.intervalNanos) {
			this.pubSub.lost(last.pubSub, "Redis does not deliver");
		}
	}

	private void start(CommandWire commands, PubSubWire pubSub) {
		List<String> channels = pubSub.probeChannels(this.name);
		Round round = new Round(commands, pubSub, new HashSet<>(channels));
		this.round = round;
		Stream<CompletionStage<Long>> published = channels.stream().map((channel) -> publish(commands, channel));
		CompletableFuture.allOf(published.map(CompletionStage::toCompletableFuture).toArray(CompletableFuture[]::new))
			.thenRun(() -> answered(round));
	}

	private static CompletionStage<Long> publish(CommandWire wire, String channel) {
		byte[] nothing = new byte[0];
		return wire.isSharded() ? wire.commands().spublish(channel, nothing)
				: wire.commands().publish(channel, nothing);
	}

	private synchronized void answered(Round round) {
		round.answered = System.nanoTime();
		if (this.round == round) {
			this.availability.up(Availability.Part.ANSWERS);
		}
	}

	synchronized void heard(String channel) {
		Round round = this.round;
		if (round != null) {
			round.missing.remove(channel);
		}
	}

	/**
	 * One message to ourselves on each connection.
	 */
	private static final class Round {

		private final CommandWire commands;

		private final PubSubWire pubSub;

		private final Set<String> missing;

		private final long started = System.nanoTime();

		private @Nullable Long answered;

		Round(CommandWire commands, PubSubWire pubSub, Set<String> missing) {
			this.commands = commands;
			this.pubSub = pubSub;
			this.missing = missing;
		}

	}

}
