package dev.realtime.test;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import dev.realtime.core.HistoryOptions;
import dev.realtime.core.PublicationRequest;
import org.jspecify.annotations.Nullable;

/**
 * What tests publish.
 */
final class Requests {

	private static final byte[] DATA = "{}".getBytes(StandardCharsets.UTF_8);

	private Requests() {
	}

	static PublicationRequest any(HistoryOptions history) {
		return new PublicationRequest(DATA, Map.of(), null, null, null, null, history);
	}

	/**
	 * A publication with attribute and key {@code id}.
	 */
	static PublicationRequest about(@Nullable Object id, HistoryOptions history) {
		return withAttributes(Attributes.of("id", id), history);
	}

	/**
	 * A publication with these attributes whose key is {@code id}.
	 */
	static PublicationRequest withAttributes(Map<String, @Nullable Object> attributes, HistoryOptions history) {
		return new PublicationRequest(DATA, attributes, null, key(attributes.get("id")), null, null, history);
	}

	static PublicationRequest withIdempotencyKey(String idempotencyKey, HistoryOptions history) {
		return new PublicationRequest(DATA, Map.of(), null, null, null, idempotencyKey, history);
	}

	static PublicationRequest except(String connectionId, HistoryOptions history) {
		return new PublicationRequest(DATA, Map.of(), null, null, connectionId, null, history);
	}

	static List<@Nullable Object> key(@Nullable Object... values) {
		return Arrays.asList(values);
	}

}
