package dev.realtime.test;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.realtime.core.AttributeValues;
import org.jspecify.annotations.Nullable;

/**
 * Attributes of publications, {@code null} values included.
 */
final class Attributes {

	private Attributes() {
	}

	static Map<String, @Nullable Object> of(@Nullable Object... keysAndValues) {
		Map<String, @Nullable Object> attributes = new LinkedHashMap<>();
		for (int i = 0; i < keysAndValues.length; i += 2) {
			attributes.put((String) keysAndValues[i], AttributeValues.canonical(keysAndValues[i + 1]));
		}
		return attributes;
	}

}
