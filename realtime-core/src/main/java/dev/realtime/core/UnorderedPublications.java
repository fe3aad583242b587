package dev.realtime.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Publications that came before those they follow were known. Bounded: what is dropped is
 * read from the backplane again. Not thread-safe: its hub owns it.
 */
final class UnorderedPublications {

	/**
	 * What one channel may keep, so that many channels that wait for the backplane do not
	 * fill the memory.
	 */
	static final int MAX_BYTES = 1024 * 1024;

	/** What a publication costs besides its payload, roughly. */
	private static final int BYTES_PER_PUBLICATION = 128;

	private final List<Publication> publications = new ArrayList<>();

	private long bytes;

	/**
	 * Keeps a publication.
	 * @return {@code false} if there was no room: now nothing is kept at all
	 */
	boolean add(Publication publication) {
		this.publications.add(publication);
		this.bytes += publication.data().length + BYTES_PER_PUBLICATION;
		if (this.bytes > MAX_BYTES) {
			clear();
			return false;
		}
		return true;
	}

	private void clear() {
		this.publications.clear();
		this.bytes = 0;
	}

	boolean isEmpty() {
		return this.publications.isEmpty();
	}

	/**
	 * Those of an epoch, in the order of arrival.
	 */
	Stream<Publication> of(String epoch) {
		return this.publications.stream().filter((publication) -> publication.position().epoch().equals(epoch));
	}

	Set<String> epochs() {
		return this.publications.stream()
			.map((publication) -> publication.position().epoch())
			.collect(Collectors.toSet());
	}

	/**
	 * Hands all over, in the order of the offsets.
	 */
	List<Publication> takeAll() {
		List<Publication> taken = new ArrayList<>(this.publications);
		taken.sort(Comparator.comparingLong(Publication::offset));
		clear();
		return taken;
	}

}
