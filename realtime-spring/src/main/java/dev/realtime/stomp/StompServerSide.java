package dev.realtime.stomp;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

import dev.realtime.StreamPosition;
import dev.realtime.TopicFilter;
import dev.realtime.access.AccessCounters;
import dev.realtime.access.GuardedClient.Withdrawal;
import dev.realtime.access.Member;
import dev.realtime.core.ChannelId;
import dev.realtime.core.MessageFilter;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.core.Start;
import dev.realtime.core.SubscribeOutcome;
import dev.realtime.core.Subscription;
import dev.realtime.core.SubscriptionRequest;
import dev.realtime.core.UnsubscribeOutcome;
import dev.realtime.limit.Limit;
import dev.realtime.limit.Limiter;
import dev.realtime.serverside.ServerSideClient;
import dev.realtime.serverside.ServerSubscription;
import dev.realtime.topic.ChannelSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.messaging.simp.stomp.StompHeaderAccessor;

/**
 * The subscriptions that the server makes for one connection.
 */
final class StompServerSide implements ServerSideClient {

	/** Of CONNECT: where subscriptions of the connection before are to go on. */
	private static final String HEADER = "server-subscriptions";

	private static final TypeReference<Map<String, String>> POSITIONS = new TypeReference<>() {
	};

	private static final JsonMapper MAPPER = JsonMapper.shared();

	private static final Logger logger = LoggerFactory.getLogger(StompServerSide.class);

	private final StompConnection connection;

	private final RealtimeEngine engine;

	private final StompFrames frames;

	private final Limiter limiter;

	private final AccessCounters counters;

	/** Where subscriptions are to go on, by their ids. */
	private final Map<String, StreamPosition> positions;

	StompServerSide(StompConnection connection, RealtimeEngine engine, StompFrames frames, Limiter limiter,
			AccessCounters counters, Map<String, StreamPosition> positions) {
		this.connection = connection;
		this.engine = engine;
		this.frames = frames;
		this.limiter = limiter;
		this.counters = counters;
		this.positions = new ConcurrentHashMap<>(positions);
	}

	/**
	 * Where a client wants its subscriptions by the server to go on.
	 * @return the positions by id, or {@code null} if the header can not be read
	 */
	static @Nullable Map<String, StreamPosition> positions(StompHeaderAccessor connect) {
		String header = connect.getFirstNativeHeader(HEADER);
		if (header == null) {
			return Map.of();
		}
		try {
			Map<String, StreamPosition> positions = new HashMap<>();
			MAPPER.readValue(header, POSITIONS)
				.forEach((id, position) -> positions.put(id, StreamPosition.parse(String.valueOf(position))));
			return positions;
		}
		catch (JacksonException | IllegalArgumentException ex) {
			return null;
		}
	}

	@Override
	public String id() {
		return this.connection.id();
	}

	@Override
	public Member member() {
		return this.connection.guard().member();
	}

	@Override
	public boolean isEnded() {
		return this.connection.isEnded();
	}

	@Override
	public Collection<String> subscribed() {
		return subscriptions().stream().map(Subscription::id).toList();
	}

	private List<? extends Subscription<?>> subscriptions() {
		return this.connection.connection()
			.subscriptions()
			.stream()
			.filter((subscription) -> ServerSubscription.isServerSide(subscription.id()))
			.toList();
	}

	@Override
	public SubscribeOutcome subscribe(ServerSubscription subscription, BooleanSupplier wanted, Runnable onFailure) {
		Member member = member();
		String id = subscription.id();
		TopicFilter filter = subscription.topicFilter();
		ChannelSettings settings = subscription.settings();
		ChannelId channel = settings.channel(subscription.topic(), member.tenant(), member.user().getName());
		StreamPosition since = this.positions.remove(id);
		Start start = (since != null) ? new Start.Since(since) : Starts.byDefault(settings, filter);
		SubscribeOutcome outcome = this.connection.guard().grant(new ServerRight(subscription.topic()), (grant) -> {
			if (!wanted.getAsBoolean()) {
				return SubscribeOutcome.CLOSED;
			}
			SubscriptionRequest request = new SubscriptionRequest(id, channel, MessageFilter.of(filter.values()), start,
					id, settings.history(), settings.conflateBy(), grant);
			return this.engine.subscribe(this.connection.connection(), request, (ex) -> {
				logger.debug("Could not subscribe {} to {} yet", this.connection, channel, ex);
				keep(id, since);
				onFailure.run();
			});
		});
		if (outcome != SubscribeOutcome.ACCEPTED) {
			keep(id, since);
		}
		if (outcome == SubscribeOutcome.TOO_MANY) {
			this.limiter.refused(Limit.SUBSCRIPTIONS_PER_CONNECTION);
		}
		return outcome;
	}

	/**
	 * For the next time that it is tried.
	 */
	private void keep(String id, @Nullable StreamPosition since) {
		if (since != null) {
			this.positions.putIfAbsent(id, since);
		}
	}

	@Override
	public void unsubscribe(String id, boolean revoked) {
		for (Subscription<?> subscription : subscriptions()) {
			if (subscription.id().equals(id)) {
				UnsubscribeOutcome outcome = this.engine.unsubscribe(subscription);
				if (revoked && outcome != UnsubscribeOutcome.UNKNOWN) {
					this.counters.withdrawn(Withdrawal.REVOKED);
				}
				if (outcome == UnsubscribeOutcome.WAS_LIVE) {
					this.connection.send(revoked ? this.frames.withdrawn(subscription, true, ControlCode.ACCESS_REVOKED)
							: this.frames.unsubscribed(subscription));
				}
			}
		}
	}

}
