package dev.realtime;

import java.util.regex.Pattern;

/**
 * Where a publication stands in its channel. The offset grows by one per publication; the
 * epoch changes when the channel had to start anew, so positions of different epochs can
 * not be compared. Written as {@code k3f9-117}.
 *
 * @param epoch lower case letters and digits, at most 32 characters
 * @param offset zero before the first publication of the epoch
 * @since 0.1.0
 */
public record StreamPosition(String epoch, long offset) {

	private static final Pattern FORM = Pattern.compile("([a-z0-9]{1,32})-(0|[1-9][0-9]{0,17})");

	private static final Pattern EPOCH = Pattern.compile("[a-z0-9]{1,32}");

	public StreamPosition {
		if (!EPOCH.matcher(epoch).matches()) {
			throw new IllegalArgumentException("An epoch is 1 to 32 lower case letters and digits");
		}
		if (offset < 0) {
			throw new IllegalArgumentException("An offset is not negative: " + offset);
		}
	}

	/**
	 * Reads the written form.
	 * @param text an epoch, a hyphen and an offset
	 * @return the position
	 * @throws IllegalArgumentException if the text has another form
	 */
	public static StreamPosition parse(String text) {
		var matcher = FORM.matcher(text);
		if (!matcher.matches()) {
			throw new IllegalArgumentException("A position is written as epoch-offset, such as k3f9-117");
		}
		return new StreamPosition(matcher.group(1), Long.parseLong(matcher.group(2)));
	}

	@Override
	public String toString() {
		return this.epoch + "-" + this.offset;
	}

}
