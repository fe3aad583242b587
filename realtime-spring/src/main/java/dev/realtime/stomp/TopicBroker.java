package dev.realtime.stomp;

import dev.realtime.Replay;
import dev.realtime.StreamPosition;
import dev.realtime.TopicFilter;
import dev.realtime.access.Admission;
import dev.realtime.access.Admission.Verdict;
import dev.realtime.core.ChannelId;
import dev.realtime.core.CloseReason;
import dev.realtime.core.MessageFilter;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.core.Start;
import dev.realtime.core.SubscribeOutcome;
import dev.realtime.core.SubscriptionRequest;
import dev.realtime.json.FilterParser;
import dev.realtime.json.InvalidFilterException;
import dev.realtime.limit.Limit;
import dev.realtime.limit.Limiter;
import dev.realtime.limit.Refusal;
import dev.realtime.serverside.ServerSubscription;
import dev.realtime.stomp.StompConnection.Identity;
import dev.realtime.topic.ChannelSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;

/**
 * Serves the destinations under {@code /realtime/}: checks what a client asks for and
 * hands it to the engine. A refusal is answered and harms nothing else.
 */
final class TopicBroker {

	private static final Logger logger = LoggerFactory.getLogger(TopicBroker.class);

	private static final int MAX_ID_LENGTH = 128;

	/** Refused frames after which a client is no longer believed to be mistaken. */
	private static final int MAX_REFUSED_SENDS = 100;

	private final RealtimeEngine engine;

	private final SubscribeRights rights;

	private final FilterParser filters;

	private final StompFrames frames;

	private final Limiter limiter;

	private final PresenceBroker presence;

	TopicBroker(RealtimeEngine engine, SubscribeRights rights, FilterParser filters, StompFrames frames,
			Limiter limiter, PresenceBroker presence) {
		this.engine = engine;
		this.rights = rights;
		this.filters = filters;
		this.frames = frames;
		this.limiter = limiter;
		this.presence = presence;
	}

	void subscribe(StompConnection connection, StompHeaderAccessor frame) {
		String id = usableId(connection, frame);
		if (id == null) {
			return;
		}
		try {
			subscribe(connection, id, frame);
		}
		catch (DeniedException ex) {
			deny(connection, id, frame.getDestination(), ex.code(), ex.detail());
		}
	}

	/**
	 * The id of a subscription. Without one there is no subscription an answer could
	 * belong to, and the connection ends.
	 */
	@Nullable String usableId(StompConnection connection, StompHeaderAccessor frame) {
		String id = frame.getSubscriptionId();
		if (id == null || id.isEmpty() || hasControls(id) || hasControls(frame.getReceipt())
				|| (id.length() > MAX_ID_LENGTH && !mayBeLong(frame, id))) {
			connection.fail(CloseReason.PROTOCOL_ERROR, frame.getCommand() + " needs an id of at most " + MAX_ID_LENGTH
					+ " characters, without control characters");
			return null;
		}
		return id;
	}

	/**
	 * Whether a client may name a subscription that the server began, filter and all.
	 */
	private static boolean mayBeLong(StompHeaderAccessor frame, String id) {
		return frame.getCommand() == StompCommand.UNSUBSCRIBE && ServerSubscription.isServerSide(id);
	}

	private void subscribe(StompConnection connection, String id, StompHeaderAccessor frame) throws DeniedException {
		if (ServerSubscription.isServerSide(id)) {
			throw new DeniedException(ControlCode.BAD_REQUEST, "Ids that begin with '@' are those of the server");
		}
		if (connection.calls().hasSubscription(id)) {
			throw new DeniedException(ControlCode.DUPLICATE_ID);
		}
		Identity identity = connection.identity();
		String name = topicName(frame.getDestination());
		TopicFilter filter = filter(frame.getFirstNativeHeader("filter"));
		SubscribeRight right = this.rights.find(identity, name, filter, Credentials.token(frame));
		PresenceBroker.Wish presence = this.presence.wish(frame, right);
		ChannelSettings settings = right.settings();
		Start start = start(settings, filter, frame);
		ChannelId channel = settings.channel(name, identity.tenant(), identity.user().getName());
		Runnable unavailable = () -> deny(connection, id, frame.getDestination(), ControlCode.UNAVAILABLE,
				ControlCode.UNAVAILABLE.detail());
		requireAccepted(right, connection.guard().subscribe(presence.right(), (grant) -> {
			SubscriptionRequest request = new SubscriptionRequest(id, channel, MessageFilter.of(filter.values()), start,
					frame.getReceipt(), settings.history(), settings.conflateBy(), grant,
					presence.observer(connection, channel));
			return this.engine.subscribe(connection.connection(), request, (ex) -> {
				logger.debug("Could not subscribe {} to {}", connection, channel, ex);
				unavailable.run();
			});
		}, unavailable));
	}

	private void requireAccepted(SubscribeRight right, Admission admission) throws DeniedException {
		if (admission.verdict() == Verdict.DENIED) {
			throw new DeniedException(right.refusal());
		}
		if (admission.outcome() != null) {
			requireAccepted(admission.outcome());
		}
	}

	private void requireAccepted(SubscribeOutcome outcome) throws DeniedException {
		switch (outcome) {
			case DUPLICATE_ID -> throw new DeniedException(ControlCode.DUPLICATE_ID);
			case TOO_MANY -> {
				this.limiter.refused(Limit.SUBSCRIPTIONS_PER_CONNECTION);
				throw new DeniedException(ControlCode.TOO_MANY_SUBSCRIPTIONS);
			}
			case QUOTA_EXCEEDED -> throw new DeniedException(ControlCode.TOO_MANY_SUBSCRIPTIONS,
					"The user or the tenant has as many subscriptions as it may");
			case ACCEPTED, CLOSED -> {
			}
		}
	}

	static String topicName(@Nullable String destination) throws DeniedException {
		if (destination == null || !destination.startsWith(StompFrames.DESTINATION_PREFIX)) {
			throw new DeniedException(ControlCode.UNKNOWN_TOPIC);
		}
		return destination.substring(StompFrames.DESTINATION_PREFIX.length());
	}

	private TopicFilter filter(@Nullable String header) throws DeniedException {
		try {
			return (header != null) ? this.filters.parse(header) : TopicFilter.none();
		}
		catch (InvalidFilterException ex) {
			throw new DeniedException(ControlCode.BAD_FILTER, ex.getDetail());
		}
	}

	private static Start start(ChannelSettings settings, TopicFilter filter, StompHeaderAccessor frame)
			throws DeniedException {
		String since = frame.getFirstNativeHeader("since");
		if (since != null) {
			try {
				return new Start.Since(StreamPosition.parse(since));
			}
			catch (IllegalArgumentException ex) {
				throw new DeniedException(ControlCode.BAD_REQUEST, "The header 'since' is not a position");
			}
		}
		String replay = frame.getFirstNativeHeader("replay");
		if ((replay != null) ? replay.equals("last") : settings.replay() == Replay.LAST) {
			return Starts.last(settings, filter);
		}
		if (replay == null || replay.equals("none")) {
			return new Start.Live();
		}
		throw new DeniedException(ControlCode.BAD_REQUEST, "The header 'replay' is neither 'last' nor 'none'");
	}

	/**
	 * Ends a subscription of ours.
	 * @return {@code false} if the connection has no such subscription
	 */
	boolean unsubscribe(StompConnection connection, StompHeaderAccessor frame) {
		String id = usableId(connection, frame);
		if (id == null) {
			return true;
		}
		boolean declined = ServerSubscription.isServerSide(id) && connection.serverSide().decline(id);
		if (!this.engine.unsubscribe(connection.connection(), id) && !declined) {
			return false;
		}
		if (frame.getReceipt() != null) {
			connection.send(this.frames.receipt(frame.getReceipt()));
		}
		return true;
	}

	void refuseSubscribe(StompConnection connection, StompHeaderAccessor frame, ControlCode code) {
		deny(connection, String.valueOf(frame.getSubscriptionId()), frame.getDestination(), code, code.detail());
	}

	/**
	 * Refuses a SUBSCRIBE of a client that sends too much.
	 */
	void refuseSubscribe(StompConnection connection, StompHeaderAccessor frame, Refusal refusal) {
		String destination = (frame.getDestination() != null) ? frame.getDestination() : "";
		connection.send(
				this.frames.rateLimited(String.valueOf(frame.getSubscriptionId()), destination, refusal.retryAfter()));
	}

	/**
	 * Refuses a SEND of a client that sends too much.
	 */
	void refuseSend(StompConnection connection, StompHeaderAccessor frame, Refusal refusal) {
		if (frame.getReceipt() != null) {
			connection.send(this.frames.rateLimitedReceipt(frame.getReceipt(), refusal.retryAfter()));
		}
		Call call = connection.calls().find(frame);
		if (call != null) {
			call.fail(refusal);
		}
	}

	/**
	 * Refuses a SEND, and ends the connection of those who go on. Who asks for a reply
	 * and gets it is no such.
	 */
	void refuseSend(StompConnection connection, StompHeaderAccessor frame, ControlCode code) {
		if (frame.getReceipt() != null) {
			connection.send(this.frames.refusedReceipt(frame.getReceipt(), code));
		}
		Call call = connection.calls().find(frame);
		if (call != null) {
			call.fail(code);
		}
		else {
			countRefusedSend(connection);
		}
	}

	/**
	 * Refuses a SEND, and says more about why.
	 * @param counts whether who goes on with it is to be disconnected
	 */
	void refuseSend(StompConnection connection, StompHeaderAccessor frame, DeniedException why, boolean counts) {
		if (frame.getReceipt() != null) {
			connection.send(this.frames.refusedReceipt(frame.getReceipt(), why));
		}
		Call call = connection.calls().find(frame);
		if (call != null) {
			call.fail(why.code());
		}
		else if (counts) {
			countRefusedSend(connection);
		}
	}

	private static void countRefusedSend(StompConnection connection) {
		if (connection.countRefusedSend() > MAX_REFUSED_SENDS) {
			connection.fail(CloseReason.ABUSE, "Too many refused frames");
		}
	}

	/**
	 * Takes what a member says about itself.
	 */
	void say(StompConnection connection, StompHeaderAccessor frame, byte[] body) {
		String name = String.valueOf(frame.getDestination()).substring(StompFrames.DESTINATION_PREFIX.length());
		this.presence.say(connection, name, body, (refusal) -> {
			if (refusal != null) {
				refuseSend(connection, frame, refusal);
			}
			else if (frame.getReceipt() != null) {
				connection.send(this.frames.receipt(frame.getReceipt()));
			}
		});
	}

	private void deny(StompConnection connection, String subscriptionId, @Nullable String destination, ControlCode code,
			String detail) {
		logger.debug("{}: denied a subscription: {}", connection, code);
		connection.send(this.frames.denied(subscriptionId, (destination != null) ? destination : "", code, detail));
	}

	private static boolean hasControls(@Nullable String text) {
		return text != null && text.chars().anyMatch(Character::isISOControl);
	}

}
