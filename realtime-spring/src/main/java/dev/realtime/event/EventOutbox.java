package dev.realtime.event;

/**
 * What remembers events until they are published, so that those that were not can be
 * published again.
 *
 * @since 0.1.0
 */
public interface EventOutbox {

	/**
	 * For applications that have none: what was not published is lost with the process.
	 */
	EventOutbox NONE = new EventOutbox() {

		@Override
		public void published(Object event, String listenerId) {
		}

		@Override
		public void failed(Object event, String listenerId) {
		}

	};

	/**
	 * The backplane has all publications of an event. Does not block.
	 * @param event the event
	 * @param listenerId the listener that published it
	 */
	void published(Object event, String listenerId);

	/**
	 * A publication of an event failed. Does not block.
	 * @param event the event
	 * @param listenerId the listener that tried
	 */
	void failed(Object event, String listenerId);

}
