package dev.realtime.benchmarks.server;

/**
 * What is published: JSON of a size that can be chosen. Attributes are in alphabetical
 * order, as Jackson writes them, and what the load client reads is last.
 *
 * @param id what the message is about; a client may filter by it
 * @param pad fills up
 * @param seq the number of the publication, in ten digits
 * @param time when it was published, in microseconds of {@link System#nanoTime()}, which
 * is the same clock in all processes of a machine, in sixteen digits
 * @since 0.1.0
 */
public record Payload(long id, String pad, String seq, String time) {

	private static final int FIRST_ID = 1_000_000;

	private static final int SIZE_WITHOUT_PAD = new Payload(FIRST_ID, "", digits(0, 10), digits(0, 16)).json().length();

	/**
	 * A payload that is published now.
	 * @param id counted from zero
	 * @param sequence the number of the publication
	 * @param size bytes of the JSON
	 * @return the payload
	 */
	public static Payload now(int id, long sequence, int size) {
		return new Payload(FIRST_ID + id, "x".repeat(Math.max(0, size - SIZE_WITHOUT_PAD)), digits(sequence, 10),
				digits(System.nanoTime() / 1000, 16));
	}

	private static String digits(long number, int count) {
		String digits = Long.toString(number);
		return "0".repeat(count - digits.length()) + digits;
	}

	/**
	 * The payload as JSON, for servers without Jackson.
	 * @return what Jackson would write
	 */
	public String json() {
		return "{\"id\":" + this.id + ",\"pad\":\"" + this.pad + "\",\"seq\":\"" + this.seq + "\",\"time\":\""
				+ this.time + "\"}";
	}

}
