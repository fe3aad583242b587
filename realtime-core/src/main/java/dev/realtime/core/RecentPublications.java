package dev.realtime.core;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The newest publications of a channel, without a hole between them, within the bounds of
 * its history. Not thread-safe: its hub owns it.
 */
final class RecentPublications {

	private final ArrayDeque<Publication> publications = new ArrayDeque<>();

	private final HistoryOptions history;

	private final InstantSource clock;

	RecentPublications(HistoryOptions history, InstantSource clock) {
		this.history = history;
		this.clock = clock;
	}

	/**
	 * Adds what comes next. What does not follow the newest one takes the place of all.
	 */
	void add(Publication publication) {
		Publication newest = this.publications.peekLast();
		if (newest != null && !follows(publication, newest)) {
			this.publications.clear();
		}
		this.publications.add(publication);
		trim();
	}

	private static boolean follows(Publication publication, Publication newest) {
		return publication.position().epoch().equals(newest.position().epoch())
				&& publication.offset() == newest.offset() + 1;
	}

	void addAll(List<Publication> publications) {
		publications.forEach(this::add);
	}

	void clear() {
		this.publications.clear();
	}

	void trim() {
		long oldest = this.clock.millis() - this.history.ttl().toMillis();
		while (!this.publications.isEmpty() && (this.publications.size() > this.history.size()
				|| this.publications.getFirst().timestamp() < oldest)) {
			this.publications.removeFirst();
		}
	}

	/**
	 * The first offset that is kept, or the one to come if none is.
	 * @param newest the newest offset of the channel
	 */
	long oldestAfter(long newest) {
		Publication oldest = this.publications.peekFirst();
		return (oldest != null) ? oldest.offset() : newest + 1;
	}

	Stream<Publication> after(long offset) {
		return this.publications.stream().filter((publication) -> publication.offset() > offset);
	}

	/**
	 * Whether another publication is kept as the newest, under the position of this one.
	 */
	boolean contradicts(Publication publication) {
		Publication newest = this.publications.peekLast();
		return newest != null && newest.offset() == publication.offset()
				&& (newest.timestamp() != publication.timestamp() || !Arrays.equals(newest.data(), publication.data()));
	}

}
