package dev.realtime.serverside;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

import dev.realtime.TopicFilter;
import dev.realtime.json.FilterParser;
import dev.realtime.json.InvalidFilterException;
import dev.realtime.token.CanonicalFilter;
import dev.realtime.topic.ChannelSettings;
import org.jspecify.annotations.Nullable;

/**
 * What server code subscribed somebody to.
 *
 * @param target whose connections
 * @param topic the name of the topic with its variables filled in
 * @param filter the choice of messages in its canonical form, empty for all
 * @param settings what the topic says about its channels, for nodes that do not know it
 * @since 0.1.0
 */
public record ServerSubscription(Target target, String topic, String filter, ChannelSettings settings) {

	/** What the ids of these subscriptions begin with, and those of clients do not. */
	private static final char ID_MARK = '@';

	/** No topic has it in its name. */
	private static final char FILTER_MARK = '?';

	private static final int MAX_FILTER_SIZE = 8 * 1024;

	private static final FilterParser FILTERS = new FilterParser(MAX_FILTER_SIZE, 64, 1024);

	/**
	 * The filter of a subscription in its canonical form.
	 * @param filter the choice of messages
	 * @return the text, empty for all
	 * @throws IllegalArgumentException if it is no filter, or too large
	 */
	public static String canonical(TopicFilter filter) {
		String text = filter.isEmpty() ? "" : CanonicalFilter.text(filter);
		parse(text);
		return text;
	}

	private static TopicFilter parse(String filter) {
		try {
			return filter.isEmpty() ? TopicFilter.none() : FILTERS.parse(filter);
		}
		catch (InvalidFilterException ex) {
			throw new IllegalArgumentException(ex.getDetail(), ex);
		}
	}

	/**
	 * The id of the subscription, which says what it is for. The filter is encoded, so
	 * that clients can write the id into headers and JSON as it is.
	 * @return an id that is unique in the connection
	 */
	public String id() {
		return ID_MARK + this.topic
				+ (this.filter.isEmpty() ? "" : FILTER_MARK + URLEncoder.encode(this.filter, StandardCharsets.UTF_8));
	}

	/**
	 * The filter by the id of a subscription.
	 * @param id the id
	 * @return a JSON object, or {@code null} for all messages
	 */
	public static @Nullable String filterOf(String id) {
		int mark = id.indexOf(FILTER_MARK);
		return (mark < 0) ? null : URLDecoder.decode(id.substring(mark + 1), StandardCharsets.UTF_8);
	}

	/**
	 * Whether a subscription is one that the server began.
	 * @param id the id of the subscription
	 * @return whether it is none that a client may have chosen
	 */
	public static boolean isServerSide(String id) {
		return !id.isEmpty() && id.charAt(0) == ID_MARK;
	}

	/**
	 * The choice of messages.
	 * @return the filter
	 */
	public TopicFilter topicFilter() {
		return parse(this.filter);
	}

}
