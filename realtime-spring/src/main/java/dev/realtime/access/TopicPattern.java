package dev.realtime.access;

import dev.realtime.topic.TopicName;
import org.jspecify.annotations.Nullable;

/**
 * Names of channels: one, those of a topic, or all.
 */
final class TopicPattern {

	static final TopicPattern ALL = new TopicPattern(null);

	private final @Nullable TopicName name;

	private TopicPattern(@Nullable TopicName name) {
		this.name = name;
	}

	/**
	 * A pattern.
	 * @param topic the name of a topic, as declared or with variables filled in, or
	 * {@code null} for all
	 */
	static TopicPattern of(@Nullable String topic) {
		return (topic != null) ? new TopicPattern(TopicName.parse(topic)) : ALL;
	}

	boolean matches(Right right) {
		return matches(right.topic());
	}

	boolean matches(String topic) {
		return this.name == null || this.name.match(topic) != null;
	}

}
