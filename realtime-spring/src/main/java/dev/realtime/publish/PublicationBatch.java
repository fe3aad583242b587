package dev.realtime.publish;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.realtime.PublicationBuilder;
import dev.realtime.StreamPosition;
import dev.realtime.core.Append;
import dev.realtime.core.RealtimeEngine;

/**
 * Publications that go out together: those that wait for the end of the transaction, and
 * those that do not.
 */
final class PublicationBatch {

	private final List<Boolean> order = new ArrayList<>();

	private final List<Append> now = new ArrayList<>();

	private final List<Append> afterCommit = new ArrayList<>();

	/**
	 * Takes publications together.
	 * @throws IllegalArgumentException if one of them can not be published; then none is
	 */
	PublicationBatch(Collection<PublicationBuilder> publications) {
		for (PublicationBuilder publication : publications) {
			if (!(publication instanceof DefaultPublicationBuilder builder)) {
				throw new IllegalArgumentException("Not a publication of this library: "
						+ publication.getClass().getName() + ". Start it with realtime.to(topic)");
			}
			this.order.add(builder.isNow());
			(builder.isNow() ? this.now : this.afterCommit).add(builder.append());
		}
	}

	CompletableFuture<List<StreamPosition>> publish(RealtimeEngine engine) {
		if (this.now.isEmpty() || this.afterCommit.isEmpty()) {
			boolean now = this.afterCommit.isEmpty();
			return AfterCommit.run(now, () -> engine.publishAll(now ? this.now : this.afterCommit));
		}
		return AfterCommit.run(true, () -> engine.publishAll(this.now))
			.thenCombine(AfterCommit.run(false, () -> engine.publishAll(this.afterCommit)), this::inOrder);
	}

	private List<StreamPosition> inOrder(List<StreamPosition> now, List<StreamPosition> afterCommit) {
		Iterator<StreamPosition> nows = now.iterator();
		Iterator<StreamPosition> others = afterCommit.iterator();
		return this.order.stream().map((isNow) -> (isNow ? nows : others).next()).toList();
	}

}
