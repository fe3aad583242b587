package dev.realtime.json;

import java.math.BigDecimal;
import java.util.Optional;

import dev.realtime.core.AttributeValues;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;

/**
 * Scalar values as filters compare them.
 */
final class JsonScalars {

	private JsonScalars() {
	}

	/**
	 * Reads the current token.
	 * @return the value, or nothing for numbers with an exponent that nobody can compare
	 */
	static Optional<Scalar> read(JsonParser parser) {
		return switch (parser.currentToken()) {
			case VALUE_STRING -> Optional.of(new Scalar(parser.getString()));
			case VALUE_TRUE -> Optional.of(new Scalar(true));
			case VALUE_FALSE -> Optional.of(new Scalar(false));
			case VALUE_NULL -> Optional.of(new Scalar(null));
			case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getString());
			default -> Optional.empty();
		};
	}

	private static Optional<Scalar> number(String text) {
		try {
			return Optional.of(new Scalar(AttributeValues.canonical(new BigDecimal(text))));
		}
		catch (NumberFormatException | ArithmeticException ex) {
			return Optional.empty();
		}
	}

	/**
	 * A value that may be {@code null}.
	 */
	record Scalar(@Nullable Object value) {

	}

}
