package dev.realtime.benchmarks;

/**
 * The entry.
 *
 * @since 0.1.0
 */
public final class Main {

	private Main() {
	}

	/**
	 * Main.
	 * @param args none
	 */
	public static void main(String[] args) {
	}

}
