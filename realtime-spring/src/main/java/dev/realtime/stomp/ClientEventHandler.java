package dev.realtime.stomp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.realtime.ClientEvent;
import dev.realtime.RejectedEventException;
import dev.realtime.Scope;
import dev.realtime.access.Member;
import dev.realtime.core.ChannelId;
import dev.realtime.core.PublicationRequest;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.core.Sender;
import dev.realtime.json.JsonPayloads;
import dev.realtime.token.ConnectionUser;
import dev.realtime.topic.ClientEvents;
import dev.realtime.topic.Topic;
import dev.realtime.topic.Topics;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.convert.ConversionException;
import org.springframework.security.access.AccessDeniedException;

/**
 * Delivers the events of clients to the others on the channel, as far as the topic lets
 * them.
 */
final class ClientEventHandler {

	/** It travels in a header, of which clients take no more than so much. */
	private static final int MAX_REJECTION = 8 * 1024;

	private static final Logger logger = LoggerFactory.getLogger(ClientEventHandler.class);

	private final RealtimeEngine engine;

	private final @Nullable Topics topics;

	private final JsonPayloads payloads;

	ClientEventHandler(RealtimeEngine engine, @Nullable Topics topics, JsonPayloads payloads) {
		this.engine = engine;
		this.topics = topics;
		this.payloads = payloads;
	}

	/**
	 * Asks the application about an event. Blocks as long as its methods do.
	 * @return delivers what is to be delivered
	 */
	Runnable handle(TopicSend send) throws DeniedException {
		PublishRight right = right(send);
		Topic topic = right.declared();
		ClientEvents events = topic.clientEvents();
		if (events == null) {
			throw new DeniedException(ControlCode.FORBIDDEN);
		}
		requirePermitted(send, right);
		boolean recorded = events.isRecorded(send.event());
		requireAddressable(send, topic, recorded);
		Member member = send.guard().member();
		Sender sender = new Sender(member.user().getName(), send.connection().publicId());
		ClientEvents.Result result = ask(send, right, member, sender);
		if (!result.delivered()) {
			return () -> {
			};
		}
		ChannelId channel = topic.channel(send.topic(), member.tenant(), sender.user());
		PublicationRequest request = request(send, topic, sender, data(send, topic, result));
		return () -> deliver(send, channel, request, recorded);
	}

	private void deliver(TopicSend send, ChannelId channel, PublicationRequest request, boolean recorded) {
		if (recorded) {
			this.engine.publish(channel, request).exceptionally((ex) -> {
				logger.debug("An event of a client was not published on {}", channel, ex);
				return null;
			});
		}
		else {
			this.engine.broadcast(channel, request, send.toUser());
		}
	}

	private PublishRight right(TopicSend send) throws DeniedException {
		if (this.topics == null) {
			throw new DeniedException(ControlCode.FORBIDDEN,
					"This node is a relay, which takes no events of clients: send them to the application");
		}
		Topic topic = this.topics.find(send.topic());
		Map<String, String> variables = (topic != null) ? topic.match(send.topic()) : null;
		if (topic == null || variables == null) {
			throw new DeniedException(ControlCode.UNKNOWN_TOPIC);
		}
		return new PublishRight(topic, send.topic(), variables);
	}

	private static void requirePermitted(TopicSend send, PublishRight right) throws DeniedException {
		if (!(send.guard().member().user().getPrincipal() instanceof ConnectionUser)) {
			if (!send.guard().permits(right)) {
				throw new DeniedException(ControlCode.FORBIDDEN);
			}
			return;
		}
		// The rule may ask for authorities that nobody here knows. It was asked when the
		// token of the subscription was issued.
		if (!send.guard().isSubscribedBy((held) -> held.topic().equals(right.topic()))) {
			throw new DeniedException(ControlCode.TOKEN_REQUIRED,
					"Subscribe first: the token of the subscription says " + "whether this connection may send events");
		}
		if (!send.guard()
			.isSubscribedBy((held) -> held instanceof SubscribeRight token && token.publish()
					&& token.topic().equals(right.topic()))) {
			throw new DeniedException(ControlCode.FORBIDDEN);
		}
	}

	private static void requireAddressable(TopicSend send, Topic topic, boolean recorded) throws DeniedException {
		if (send.toUser() != null && topic.scope() == Scope.GLOBAL) {
			throw new DeniedException(ControlCode.BAD_REQUEST,
					"All tenants share this topic, so that nobody can be addressed by name");
		}
		if (send.toUser() != null && recorded) {
			throw new DeniedException(ControlCode.BAD_REQUEST,
					"This event is recorded for everybody, so that it can not be for one user");
		}
	}

	private ClientEvents.Result ask(TopicSend send, PublishRight right, Member member, Sender sender)
			throws DeniedException {
		try {
			return right.declared()
				.handle(right.attempt(member.user(), member.tenant()),
						new ClientEvent(send.event(), send.topic(), sender.user(), sender.connection(), send.toUser()),
						send.data());
		}
		catch (RejectedEventException ex) {
			throw rejected(send, right.declared(), ex);
		}
		catch (AccessDeniedException ex) {
			throw new DeniedException(ControlCode.FORBIDDEN);
		}
		catch (ConversionException ex) {
			// Clients may write anything into a name.
			throw new DeniedException(ControlCode.BAD_REQUEST, "A variable of the topic is not what it has to be");
		}
		catch (Exception ex) {
			logger.warn("The @OnClientEvent method for '{}' of topic '{}' failed, which refuses the event",
					LogText.of(send.event()), right.declared().name(), ex);
			throw new DeniedException(ControlCode.UNAVAILABLE);
		}
	}

	private DeniedException rejected(TopicSend send, Topic topic, RejectedEventException ex) {
		String reason = (ex.getMessage() != null) ? ex.getMessage() : ControlCode.INVALID_EVENT.detail();
		return new DeniedException(ControlCode.INVALID_EVENT, reason,
				(ex.getData() != null) ? rejection(send, topic, ex.getData()) : null);
	}

	/**
	 * What goes with a rejection, as far as it can.
	 */
	private @Nullable String rejection(TopicSend send, Topic topic, Object data) {
		String why;
		try {
			byte[] json = this.payloads.write(send.topic(), data);
			if (json.length <= MAX_REJECTION) {
				return new String(json, StandardCharsets.UTF_8);
			}
			why = json.length + " bytes are more than " + MAX_REJECTION;
		}
		catch (IllegalArgumentException unwritable) {
			why = String.valueOf(unwritable.getMessage());
		}
		logger.warn("What goes with a rejected event '{}' of topic '{}' is left out: {}", LogText.of(send.event()),
				topic.name(), why);
		return null;
	}

	private byte[] data(TopicSend send, Topic topic, ClientEvents.Result result) throws DeniedException {
		if (result.data() == null) {
			return send.data();
		}
		try {
			return this.payloads.write(send.topic(), result.data());
		}
		catch (IllegalArgumentException ex) {
			logger.warn("What the @OnClientEvent method for '{}' of topic '{}' answers can not be sent, which refuses "
					+ "the event: {}", LogText.of(send.event()), topic.name(), ex.getMessage());
			throw new DeniedException(ControlCode.UNAVAILABLE);
		}
	}

	private PublicationRequest request(TopicSend send, Topic topic, Sender sender, byte[] data) throws DeniedException {
		Map<String, @Nullable Object> attributes;
		try {
			attributes = this.payloads.attributes(data);
		}
		catch (IllegalArgumentException ex) {
			throw new DeniedException(ControlCode.BAD_REQUEST, "The body can not be read");
		}
		String except = send.toAll() ? null : send.connection().id();
		return new PublicationRequest(data, attributes, send.event(), key(topic, attributes), except, null, sender,
				topic.history());
	}

	/**
	 * What the event is about, if it says so. One that does not is no last message of any
	 * key.
	 */
	private static @Nullable List<@Nullable Object> key(Topic topic, Map<String, @Nullable Object> attributes) {
		if (topic.key().isEmpty() || !attributes.keySet().containsAll(topic.key())) {
			return null;
		}
		List<@Nullable Object> key = new ArrayList<>();
		topic.key().forEach((attribute) -> key.add(attributes.get(attribute)));
		return key;
	}

}
