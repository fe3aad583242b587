package dev.realtime.autoconfigure;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import dev.realtime.event.EventOutbox;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.modulith.events.core.EventPublicationRegistry;
import org.springframework.modulith.events.core.PublicationTargetIdentifier;

/**
 * Tells Spring Modulith's registry what became of its publications, on a thread of its
 * own: the registry writes into the database, and whoever brings the news is a thread of
 * the backplane, or one that is just committing.
 */
final class ModulithOutbox implements EventOutbox, DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(ModulithOutbox.class);

	private static final long STOP_SECONDS = 5;

	private final EventPublicationRegistry registry;

	private final ExecutorService executor = Executors.newSingleThreadExecutor((task) -> {
		Thread thread = new Thread(task, "realtime-outbox");
		thread.setDaemon(true);
		return thread;
	});

	ModulithOutbox(EventPublicationRegistry registry) {
		this.registry = registry;
	}

	@Override
	public void published(Object event, String listenerId) {
		tell(this.registry::markCompleted, event, listenerId);
	}

	@Override
	public void failed(Object event, String listenerId) {
		tell(this.registry::markFailed, event, listenerId);
	}

	private void tell(BiConsumer<Object, PublicationTargetIdentifier> order, Object event, String listenerId) {
		try {
			this.executor.execute(() -> run(order, event, listenerId));
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Too late to tell what became of {}: it is published again", event.getClass().getName());
		}
	}

	private static void run(BiConsumer<Object, PublicationTargetIdentifier> order, Object event, String listenerId) {
		try {
			order.accept(event, PublicationTargetIdentifier.of(listenerId));
		}
		catch (RuntimeException ex) {
			logger.warn("The event publication registry could not be told what became of {}, which may be published "
					+ "again", event.getClass().getName(), ex);
		}
	}

	@Override
	public void destroy() throws InterruptedException {
		this.executor.shutdown();
		this.executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
	}

}
