package dev.realtime.benchmarks.server;

import java.io.IOException;

/**
 * The process that started this one, and holds the other end of its standard input.
 *
 * @since 0.1.0
 */
public final class Parent {

	private Parent() {
	}

	/**
	 * Ends this process when the parent is gone, however it went: nobody else would.
	 */
	public static void dieWith() {
		Thread watch = new Thread(Parent::await, "parent-watch");
		watch.setDaemon(true);
		watch.start();
	}

	private static void await() {
		try {
			while (System.in.read() >= 0) {
				// The parent writes nothing.
			}
		}
		catch (IOException ex) {
			// As good as the end.
		}
		Runtime.getRuntime().halt(0);
	}

}
