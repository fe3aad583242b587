package dev.realtime.stomp;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import org.springframework.messaging.support.MessageHeaderInitializer;
import org.springframework.messaging.support.NativeMessageHeaderAccessor;
import org.springframework.util.LinkedMultiValueMap;

/**
 * The headers of a frame as Spring's decoder reads them, and prints them at level TRACE:
 * without credentials.
 */
final class PrintableHeaders extends LinkedMultiValueMap<String, String> {

	/** Has the decoder put the headers of each frame into a map of this kind. */
	static final MessageHeaderInitializer INITIALIZER = (accessor) -> accessor
		.setHeader(NativeMessageHeaderAccessor.NATIVE_HEADERS, new PrintableHeaders());

	private static final Set<String> CREDENTIALS = Set.of("authorization", "token", "passcode");

	@Override
	public String toString() {
		return entrySet().stream()
			.map((header) -> header.getKey() + "=" + printable(header.getKey(), header.getValue()))
			.collect(Collectors.joining(", ", "{", "}"));
	}

	private static List<String> printable(String name, List<String> values) {
		return CREDENTIALS.contains(name.toLowerCase(Locale.ROOT)) ? List.of("[PROTECTED]") : values;
	}

}
