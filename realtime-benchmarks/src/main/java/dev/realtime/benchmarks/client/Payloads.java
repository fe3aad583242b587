package dev.realtime.benchmarks.client;

/**
 * Finds the sequence number and the time in a payload without parsing it: they are the
 * last two attributes, in digits of fixed number.
 * {@code …,"seq":"0000000042","time":"0000001234567890"}}
 */
final class Payloads {

	/** Sequence numbers from here on belong to probes. */
	static final long PROBES = 9_000_000_000L;

	private static final int SEQUENCE_DIGITS = 10;

	private static final int TIME_DIGITS = 16;

	private static final int TIME_FROM_END = TIME_DIGITS + 2;

	private static final int SEQUENCE_FROM_END = TIME_FROM_END + "\",\"time\":\"".length() + SEQUENCE_DIGITS;

	private Payloads() {
	}

	static boolean endsAt(byte[] bytes, int from, int end) {
		return end - from > SEQUENCE_FROM_END && bytes[end - 1] == '}' && bytes[end - 2] == '"'
				&& bytes[end - TIME_FROM_END - 1] == '"' && bytes[end - SEQUENCE_FROM_END - 1] == '"';
	}

	static long sequence(byte[] bytes, int end) {
		return number(bytes, end - SEQUENCE_FROM_END, SEQUENCE_DIGITS);
	}

	/**
	 * When it was published, in microseconds of {@link System#nanoTime()}.
	 */
	static long time(byte[] bytes, int end) {
		return number(bytes, end - TIME_FROM_END, TIME_DIGITS);
	}

	private static long number(byte[] bytes, int from, int digits) {
		long number = 0;
		for (int i = from; i < from + digits; i++) {
			number = number * 10 + (bytes[i] - '0');
		}
		return number;
	}

}
