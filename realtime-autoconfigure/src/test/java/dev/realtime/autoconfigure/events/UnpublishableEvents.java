package dev.realtime.autoconfigure.events;

import dev.realtime.PublishesTo;

/**
 * What an application would have in one of its packages.
 */
public class UnpublishableEvents {

	@PublishesTo("deleted.{id}")
	record Deleted(long id) {

	}

}
