package dev.realtime.publish;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.realtime.access.CurrentConnection;
import dev.realtime.core.Append;
import dev.realtime.core.PublicationRequest;
import org.jspecify.annotations.Nullable;

/**
 * What is to be published, before it is known to be possible.
 */
final class Draft {

	private static final int MAX_NAME_LENGTH = 128;

	private Object data = Map.of();

	private @Nullable String event;

	private @Nullable String except;

	private @Nullable String idempotencyKey;

	private boolean now;

	void data(Object data) {
		this.data = data;
	}

	void event(String name) {
		this.event = requireShort("event name", name);
	}

	void except(String connectionId) {
		this.except = requireShort("connection id", connectionId);
	}

	void toOthers() {
		String connectionId = CurrentConnection.id();
		if (connectionId != null && isShort(connectionId)) {
			this.except = connectionId;
		}
	}

	void idempotencyKey(String key) {
		this.idempotencyKey = requireShort("idempotency key", key);
	}

	void now() {
		this.now = true;
	}

	boolean isNow() {
		return this.now;
	}

	private static boolean isShort(String text) {
		return !text.isEmpty() && text.length() <= MAX_NAME_LENGTH && text.chars().noneMatch(Character::isISOControl);
	}

	private static String requireShort(String what, String text) {
		if (!isShort(text)) {
			throw new IllegalArgumentException(
					"The " + what + " is not 1 to " + MAX_NAME_LENGTH + " characters without control characters");
		}
		return text;
	}

	/**
	 * What goes to the engine, of which the payload is written once.
	 * @throws IllegalArgumentException if it can not be published there
	 */
	List<Append> appends(DefaultRealtime realtime, List<Destination> destinations) {
		List<Append> appends = new ArrayList<>(destinations.size());
		if (destinations.isEmpty()) {
			return appends;
		}
		byte[] json = realtime.payloads().write(destinations.get(0).name(), this.data);
		Map<String, @Nullable Object> attributes = realtime.payloads().attributes(json);
		for (Destination destination : destinations) {
			appends.add(new Append(destination.channel(realtime), new PublicationRequest(json, attributes, this.event,
					key(destination, attributes), this.except, this.idempotencyKey, destination.settings().history())));
		}
		return appends;
	}

	private @Nullable List<@Nullable Object> key(Destination destination, Map<String, @Nullable Object> attributes) {
		if (destination.settings().key().isEmpty()) {
			return null;
		}
		List<@Nullable Object> key = new ArrayList<>();
		for (String attribute : destination.settings().key()) {
			if (!attributes.containsKey(attribute)) {
				throw new IllegalArgumentException(
						"The payload for topic '" + destination.name() + "' (" + this.data.getClass().getName()
								+ ") has no scalar attribute '" + attribute + "', which is the key of the topic");
			}
			key.add(attributes.get(attribute));
		}
		return key;
	}

}
