package dev.realtime.stomp;

import org.jspecify.annotations.Nullable;

/**
 * Text that may hold what a client wrote, on its way to the log: one line, short, and
 * without characters that do something to whoever reads it.
 *
 * @since 0.1.0
 */
public final class LogText {

	private static final int MAX_LENGTH = 200;

	private LogText() {
	}

	/**
	 * The text as it may be logged.
	 * @param text any text
	 * @return what is left of it
	 */
	public static String of(@Nullable String text) {
		if (text == null) {
			return "";
		}
		StringBuilder printable = new StringBuilder();
		text.codePoints()
			.limit(MAX_LENGTH)
			.forEach((character) -> printable.appendCodePoint(isPrintable(character) ? character : '?'));
		return (text.codePointCount(0, text.length()) > MAX_LENGTH) ? printable.append("...").toString()
				: printable.toString();
	}

	private static boolean isPrintable(int character) {
		return switch (Character.getType(character)) {
			case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
					Character.SURROGATE, Character.UNASSIGNED, Character.PRIVATE_USE ->
				false;
			default -> true;
		};
	}

}
