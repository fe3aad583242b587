package dev.realtime.benchmarks.client;

/**
 * What one connection subscribes to.
 *
 * @param ids the ids, none twice
 * @param filtered whether each id is a choice out of one topic that has them all, where
 * the server can do that
 * @since 0.1.0
 */
@SuppressWarnings("ArrayRecordComponent")
public record Wanted(int[] ids, boolean filtered) {

	/**
	 * Everything that is published.
	 * @return the wish
	 */
	public static Wanted everything() {
		return new Wanted(new int[] { 0 }, false);
	}

}
