package dev.realtime.serverside;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What one node says to all about subscriptions, as JSON.
 *
 * @param version the version of the format
 * @param node the node it comes from
 * @param action what to do
 * @param subscriptions which subscriptions
 * @param target whose
 * @param topic which topic
 * @param revocation which right was withdrawn
 * @param request which question is asked or answered, which node is spoken to, or which
 * order this is
 * @param last whether nothing more comes in answer
 * @param complete whether the answer has all there is
 * @param text something for the log
 */
record Order(int version, String node, Action action, @Nullable List<Remembered> subscriptions, @Nullable Target target,
		@Nullable String topic, @Nullable Revocation revocation, @Nullable String request, boolean last,
		boolean complete, @Nullable String text) {

	private static final int VERSION = 1;

	private static final JsonMapper MAPPER = JsonMapper.shared();

	static Order subscribe(String node, String id, Remembered subscription) {
		return new Order(VERSION, node, Action.SUBSCRIBE, List.of(subscription), null, null, null, id, false, false,
				null);
	}

	static Order unsubscribe(String node, String id, Target target, String topic) {
		return new Order(VERSION, node, Action.UNSUBSCRIBE, null, target, topic, null, id, false, false, null);
	}

	static Order revoke(String node, Revocation revocation) {
		return new Order(VERSION, node, Action.REVOKE, null, null, null, revocation, revocation.id(), false, false,
				null);
	}

	static Order renew(String node, List<Remembered> subscriptions) {
		return new Order(VERSION, node, Action.RENEW, subscriptions, null, null, null, null, false, false, null);
	}

	static Order refused(String node, String to, String text) {
		return new Order(VERSION, node, Action.REFUSED, null, null, null, null, to, false, false, text);
	}

	static Order ask(String node, String request) {
		return new Order(VERSION, node, Action.ASK, null, null, null, null, request, false, false, null);
	}

	static Order answer(String node, String request, List<Remembered> subscriptions, boolean last, boolean complete) {
		return new Order(VERSION, node, Action.ANSWER, subscriptions, null, null, null, request, last, complete, null);
	}

	byte[] toJson() {
		return MAPPER.writeValueAsBytes(this);
	}

	/**
	 * Reads an order.
	 * @return the order, or {@code null} if it is not for this version
	 */
	static @Nullable Order parse(byte[] json) {
		try {
			Order order = MAPPER.readValue(json, Order.class);
			return (order != null && order.isComplete()) ? order : null;
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	private boolean isComplete() {
		return this.version == VERSION && Stream.of(this.node, this.action).noneMatch(Objects::isNull)
				&& switch (this.action) {
					case SUBSCRIBE, RENEW -> this.subscriptions != null;
					case UNSUBSCRIBE -> this.target != null && this.topic != null;
					case REVOKE -> this.revocation != null;
					case REFUSED -> this.request != null && this.text != null;
					case ASK -> this.request != null;
					case ANSWER -> this.request != null && this.subscriptions != null;
				};
	}

	/**
	 * What nodes say.
	 */
	enum Action {

		SUBSCRIBE, UNSUBSCRIBE, REVOKE, RENEW, REFUSED, ASK, ANSWER

	}

}
