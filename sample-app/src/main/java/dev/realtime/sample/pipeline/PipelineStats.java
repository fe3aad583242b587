package dev.realtime.sample.pipeline;

import dev.realtime.RealtimeTopic;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a tenant, and the topic {@code pipeline.stats}, whose name is that of
 * the class. A new subscription gets the last figures at once.
 *
 * @param contacts the number of contacts
 * @param openDeals the number of deals neither won nor lost
 * @param openValue what those are worth, in euros
 * @param wonValue what the won deals are worth, in euros
 * @param dealOfTheMinute an open deal, another one every minute
 * @since 0.1.0
 */
@RealtimeTopic(canSubscribe = "isAuthenticated()")
public record PipelineStats(long contacts, long openDeals, long openValue, long wonValue,
		@Nullable Deal dealOfTheMinute) {

	/**
	 * An open deal.
	 *
	 * @param contactId whom it is with
	 * @param name the name of the contact
	 * @param company where the contact works
	 * @param value what it is worth, in euros
	 */
	public record Deal(long contactId, String name, String company, long value) {

	}

}
