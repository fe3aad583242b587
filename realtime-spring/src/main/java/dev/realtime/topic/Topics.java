package dev.realtime.topic;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The declared topics. Immutable.
 *
 * @since 0.1.0
 */
public final class Topics {

	private final Map<String, Topic> byName = new HashMap<>();

	private final Map<Class<?>, Topic> byType = new HashMap<>();

	private final List<Topic> withVariables = new ArrayList<>();

	/**
	 * A registry of these topics.
	 * @param topics the topics
	 * @throws InvalidTopicException if some name could mean two of them
	 */
	public Topics(Collection<Topic> topics) {
		for (Topic topic : topics) {
			requireUnambiguous(topic);
			this.byName.put(topic.name().toString(), topic);
			this.byType.put(topic.type(), topic);
			if (!topic.name().variables().isEmpty()) {
				this.withVariables.add(topic);
			}
		}
	}

	private void requireUnambiguous(Topic topic) {
		for (Topic other : this.byName.values()) {
			if (topic.name().overlaps(other.name())) {
				throw new InvalidTopicException(
						"The topics " + other + " and " + topic + " could both be meant by the same name.",
						"Give one of them another name. A variable stands for one segment, so 'document.{id}' and "
								+ "'document.archive' are ambiguous, 'document.{id}' and 'documents.archive' are not.");
			}
		}
	}

	/**
	 * All topics.
	 * @return the topics, in no order
	 */
	public Collection<Topic> all() {
		return this.byName.values();
	}

	/**
	 * The topic that is meant by a name.
	 * @param name a name as declared, or with the variables filled in
	 * @return the topic, or {@code null} if there is none
	 */
	public @Nullable Topic find(String name) {
		Topic declared = this.byName.get(name);
		return (declared != null) ? declared
				: this.withVariables.stream().filter((topic) -> topic.match(name) != null).findFirst().orElse(null);
	}

	/**
	 * The topic that is declared by a class.
	 * @param type the class of a payload
	 * @return the topic, or {@code null} if the class declares none
	 */
	public @Nullable Topic find(Class<?> type) {
		return this.byType.get(type);
	}

}
