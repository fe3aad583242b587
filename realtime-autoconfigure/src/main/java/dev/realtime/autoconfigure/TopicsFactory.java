package dev.realtime.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.realtime.Presence;
import dev.realtime.RealtimeTopic;
import dev.realtime.topic.InvalidTopicException;
import dev.realtime.topic.Topic;
import dev.realtime.topic.TopicFactory;
import dev.realtime.topic.Topics;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * Brings together the topics that were found by the scan and those that are beans anyway.
 */
final class TopicsFactory {

	private final ListableBeanFactory beanFactory;

	private final TopicFactory topicFactory;

	private final boolean presence;

	/**
	 * A factory of all topics.
	 * @param presence whether topics may have presence
	 */
	TopicsFactory(ListableBeanFactory beanFactory, TopicFactory topicFactory, boolean presence) {
		this.beanFactory = beanFactory;
		this.topicFactory = topicFactory;
		this.presence = presence;
	}

	Topics create(TopicTypes scanned, @Nullable ClassLoader classLoader) {
		List<Topic> topics = new ArrayList<>();
		beanNamesByType(scanned, this.beanFactory, classLoader)
			.forEach((type, beanName) -> topics.add(this.topicFactory.create(type,
					() -> (beanName != null) ? this.beanFactory.getBean(beanName) : this.beanFactory.getBean(type))));
		topics.forEach(this::requirePossible);
		return new Topics(topics);
	}

	private void requirePossible(Topic topic) {
		if (!this.presence && topic.presence().mode() != Presence.NONE) {
			throw new InvalidTopicException(
					"Topic " + topic + " has presence, which realtime.presence.enabled=false " + "switches off.",
					"Remove that property, on all nodes, or 'presence' from the topic.");
		}
	}

	static Map<Class<?>, @Nullable String> beanNamesByType(TopicTypes scanned, ListableBeanFactory beanFactory,
			@Nullable ClassLoader classLoader) {
		Map<Class<?>, @Nullable String> beanNames = new LinkedHashMap<>();
		scanned.classNames().forEach((name) -> beanNames.put(ClassUtils.resolveClassName(name, classLoader), null));
		for (String beanName : beanFactory.getBeanNamesForAnnotation(RealtimeTopic.class)) {
			Class<?> type = beanFactory.getType(beanName);
			if (type != null) {
				beanNames.put(ClassUtils.getUserClass(type), beanName);
			}
		}
		return beanNames;
	}

}
