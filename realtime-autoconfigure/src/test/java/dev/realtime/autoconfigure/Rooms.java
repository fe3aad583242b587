package dev.realtime.autoconfigure;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Names for channels nobody used before, so that tests which share an application do not
 * hear each other.
 */
final class Rooms {

	private static final AtomicInteger NEXT = new AtomicInteger();

	private Rooms() {
	}

	static String fresh() {
		return "r" + NEXT.incrementAndGet();
	}

}
