package dev.realtime.topic;

import java.time.Duration;
import java.util.stream.Stream;

import dev.realtime.core.HistoryOptions;
import dev.realtime.json.JsonPayloads;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.format.support.DefaultFormattingConversionService;
import org.springframework.security.messaging.access.expression.DefaultMessageSecurityExpressionHandler;

/**
 * Topics of annotated classes, without a container.
 */
public final class TestTopics {

	static final HistoryOptions DEFAULT_HISTORY = new HistoryOptions(100, Duration.ofHours(1), 1000);

	private TestTopics() {
	}

	public static Topics of(Class<?>... types) {
		TopicFactory factory = factory();
		return new Topics(Stream.of(types).map((type) -> factory.create(type, () -> {
			throw new IllegalStateException("No bean of " + type);
		})).toList());
	}

	static TopicFactory factory() {
		return new TopicFactory(DEFAULT_HISTORY, new DefaultFormattingConversionService(),
				new DefaultMessageSecurityExpressionHandler<>(), new InfoWriter(JsonMapper.shared(), 2048),
				new EventBodies(new JsonPayloads(new JsonMapper(), 16 * 1024), () -> null));
	}

}
