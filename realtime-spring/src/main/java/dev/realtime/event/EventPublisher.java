package dev.realtime.event;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import dev.realtime.Realtime;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.core.ResolvableType;
import org.springframework.transaction.event.TransactionalApplicationListenerAdapter;

/**
 * Publishes annotated application events. A transactional listener, so that Spring
 * Modulith keeps the events for it until they are published.
 *
 * @since 0.1.0
 * @see dev.realtime.PublishesTo
 */
public final class EventPublisher extends TransactionalApplicationListenerAdapter<ApplicationEvent>
		implements GenericApplicationListener {

	/** Spring Modulith stores it. */
	private static final String LISTENER_ID = "dev.realtime.PublishesTo";

	private static final Logger logger = LoggerFactory.getLogger(EventPublisher.class);

	private final Supplier<Realtime> realtime;

	private final Supplier<EventTopics> topics;

	private final Supplier<EventOutbox> outbox;

	/**
	 * Publishes to topics. The parts are asked for with the first event: listeners are
	 * created before most other beans.
	 * @param realtime publishes
	 * @param topics tells where events go
	 * @param outbox is told when they are published
	 */
	public EventPublisher(Supplier<Realtime> realtime, Supplier<EventTopics> topics, Supplier<EventOutbox> outbox) {
		super((event) -> {
		});
		this.realtime = realtime;
		this.topics = topics;
		this.outbox = outbox;
		setListenerId(LISTENER_ID);
	}

	@Override
	public boolean supportsEventType(ResolvableType eventType) {
		Class<?> type = eventType.toClass();
		return EventTopics.isPublished(PayloadApplicationEvent.class.isAssignableFrom(type)
				? eventType.as(PayloadApplicationEvent.class).getGeneric().toClass() : type);
	}

	/**
	 * Prepares the publication at once, so that what is wrong with it throws where the
	 * event is published. It goes out after commit.
	 */
	@Override
	public void onApplicationEvent(ApplicationEvent event) {
		publish(payload(event));
	}

	/**
	 * Publishes an event again that was not published before.
	 */
	@Override
	public void processEvent(ApplicationEvent event) {
		Object payload = payload(event);
		try {
			publish(payload);
		}
		catch (RuntimeException ex) {
			this.outbox.get().failed(payload, LISTENER_ID);
			throw ex;
		}
	}

	private void publish(Object event) {
		Realtime realtime = this.realtime.get();
		CompletableFuture
			.allOf(this.topics.get()
				.of(event.getClass())
				.stream()
				.map((topic) -> topic.publish(realtime, event))
				.toArray(CompletableFuture[]::new))
			.whenComplete((done, ex) -> completed(event, ex));
	}

	private void completed(Object event, @Nullable Throwable ex) {
		if (ex == null) {
			this.outbox.get().published(event, LISTENER_ID);
		}
		else if (!(ex.getCause() instanceof CancellationException)) {
			logger.warn("An event {} could not be published", event.getClass().getName(), ex.getCause());
			this.outbox.get().failed(event, LISTENER_ID);
		}
	}

	private static Object payload(ApplicationEvent event) {
		return (event instanceof PayloadApplicationEvent<?> payload) ? payload.getPayload() : event;
	}

}
