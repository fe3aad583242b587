package dev.realtime.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import dev.realtime.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * A backplane whose answers come when the test gives them.
 */
final class ManualBackplane implements Backplane {

	private final List<CompletableFuture<Void>> subscribes = new ArrayList<>();

	private final List<CompletableFuture<ChannelPast>> pasts = new ArrayList<>();

	private final List<CompletableFuture<List<Publication>>> lookups = new ArrayList<>();

	private final List<ChannelId> unsubscribes = new ArrayList<>();

	private @Nullable BackplaneListener listener;

	private @Nullable Throwable failure;

	private @Nullable RuntimeException exception;

	private @Nullable Runnable onPast;

	@Override
	public void start(BackplaneListener listener) {
		this.listener = listener;
	}

	@Override
	public CompletableFuture<StreamPosition> append(ChannelId channel, PublicationRequest request) {
		throw (this.exception != null) ? this.exception : new UnsupportedOperationException();
	}

	@Override
	public void broadcast(ChannelId channel, Ephemeral ephemeral) {
		throw new UnsupportedOperationException();
	}

	@Override
	public CompletableFuture<Void> subscribe(ChannelId channel) {
		CompletableFuture<Void> answer = asked(this.subscribes);
		if (this.onPast != null) {
			answer.complete(null);
		}
		return answer;
	}

	@Override
	public void unsubscribe(ChannelId channel) {
		this.unsubscribes.add(channel);
	}

	@Override
	public CompletableFuture<ChannelPast> past(ChannelId channel, int limit) {
		if (this.onPast != null) {
			this.onPast.run();
		}
		return asked(this.pasts);
	}

	@Override
	public CompletableFuture<List<Publication>> lastByKey(ChannelId channel, Collection<List<@Nullable Object>> keys) {
		return asked(this.lookups);
	}

	@Override
	public void close() {
	}

	/**
	 * What {@link #subscribe} answered, in the order of the calls.
	 */
	List<CompletableFuture<Void>> subscribes() {
		return this.subscribes;
	}

	/**
	 * What {@link #past} answered, in the order of the calls.
	 */
	List<CompletableFuture<ChannelPast>> pasts() {
		return this.pasts;
	}

	/**
	 * What {@link #lastByKey} answered, in the order of the calls.
	 */
	List<CompletableFuture<List<Publication>>> lookups() {
		return this.lookups;
	}

	List<ChannelId> unsubscribes() {
		return this.unsubscribes;
	}

	void deliver(ChannelId channel, Publication publication) {
		Objects.requireNonNull(this.listener).onPublication(channel, publication);
	}

	void interrupt() {
		Objects.requireNonNull(this.listener).onInterruption();
	}

	/**
	 * Answers all later questions at once, with this failure.
	 */
	void failWith(Throwable failure) {
		this.failure = failure;
	}

	/**
	 * Answers nothing any more, but throws.
	 */
	void throwAlways(RuntimeException exception) {
		this.exception = exception;
	}

	/**
	 * Confirms later interest at once, and does this when the past is asked for.
	 */
	void confirmInterestThen(Runnable onPast) {
		this.onPast = onPast;
	}

	private <T> CompletableFuture<T> asked(List<CompletableFuture<T>> questions) {
		if (this.exception != null) {
			throw this.exception;
		}
		CompletableFuture<T> answer = (this.failure != null) ? CompletableFuture.failedFuture(this.failure)
				: new CompletableFuture<>();
		questions.add(answer);
		return answer;
	}

}
