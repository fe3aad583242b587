package dev.realtime.publish;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.realtime.PublicationBuilder;
import dev.realtime.Scope;
import dev.realtime.StreamPosition;
import dev.realtime.core.ChannelId;
import dev.realtime.core.PublicationRequest;
import dev.realtime.topic.Topic;
import org.jspecify.annotations.Nullable;

/**
 * A publication with options, on its way to the engine.
 */
final class DefaultPublicationBuilder implements PublicationBuilder {

	private static final int MAX_NAME_LENGTH = 128;

	private final DefaultRealtime realtime;

	private final Topic topic;

	private final String name;

	private Object data = Map.of();

	private @Nullable String event;

	private @Nullable String user;

	private @Nullable String except;

	private @Nullable String idempotencyKey;

	private boolean now;

	DefaultPublicationBuilder(DefaultRealtime realtime, Topic topic, String name) {
		this.realtime = realtime;
		this.topic = topic;
		this.name = name;
	}

	@Override
	public PublicationBuilder data(Object data) {
		this.data = data;
		return this;
	}

	@Override
	public PublicationBuilder event(String name) {
		this.event = requireShort("event name", name);
		return this;
	}

	@Override
	public PublicationBuilder user(String name) {
		if (this.topic.scope() != Scope.USER) {
			throw new IllegalArgumentException(
					"Topic '" + this.topic.name() + "' has no channel per user. Declare it with scope = Scope.USER");
		}
		this.user = name;
		return this;
	}

	@Override
	public PublicationBuilder except(String connectionId) {
		this.except = requireShort("connection id", connectionId);
		return this;
	}

	@Override
	public PublicationBuilder idempotencyKey(String key) {
		this.idempotencyKey = requireShort("idempotency key", key);
		return this;
	}

	@Override
	public PublicationBuilder now() {
		this.now = true;
		return this;
	}

	private static String requireShort(String what, String text) {
		if (text.isEmpty() || text.length() > MAX_NAME_LENGTH || text.chars().anyMatch(Character::isISOControl)) {
			throw new IllegalArgumentException(
					"The " + what + " is not 1 to " + MAX_NAME_LENGTH + " characters without control characters");
		}
		return text;
	}

	@Override
	public CompletableFuture<StreamPosition> publish() {
		ChannelId channel = channel();
		byte[] json = this.realtime.payloads().write(this.name, this.data);
		Map<String, @Nullable Object> attributes = this.realtime.payloads().attributes(json);
		PublicationRequest request = new PublicationRequest(json, attributes, this.event, key(attributes), this.except,
				this.idempotencyKey, this.topic.history());
		return AfterCommit.run(this.now, () -> this.realtime.engine().publish(channel, request));
	}

	private ChannelId channel() {
		return switch (this.topic.scope()) {
			case GLOBAL -> this.topic.channel(this.name, null, null);
			case TENANT -> this.topic.channel(this.name, this.realtime.requireTenant(), null);
			case USER -> this.topic.channel(this.name, this.realtime.requireTenant(),
					(this.user != null) ? this.user : this.realtime.requireUser());
		};
	}

	private @Nullable List<@Nullable Object> key(Map<String, @Nullable Object> attributes) {
		if (this.topic.key().isEmpty()) {
			return null;
		}
		List<@Nullable Object> key = new ArrayList<>();
		for (String attribute : this.topic.key()) {
			if (!attributes.containsKey(attribute)) {
				throw new IllegalArgumentException(
						"The payload for topic '" + this.name + "' (" + this.data.getClass().getName()
								+ ") has no scalar attribute '" + attribute + "', which is the key of the topic");
			}
			key.add(attributes.get(attribute));
		}
		return key;
	}

}
