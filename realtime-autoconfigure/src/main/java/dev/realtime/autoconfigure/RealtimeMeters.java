package dev.realtime.autoconfigure;

import java.util.Locale;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * The meters of a node. Their tags have few values, whatever clients and publishers do:
 * neither tenants nor users nor topics are among them.
 */
enum RealtimeMeters implements MeterDocumentation {

	/**
	 * Connections that are there now, whether they said CONNECT already or not.
	 */
	CONNECTIONS("realtime.connections", Meter.Type.GAUGE, null, "Connections that are there now", Tags.TRANSPORT),

	/**
	 * Subscriptions to topics that are there now. Those to destinations of the
	 * application are Spring's.
	 */
	SUBSCRIPTIONS("realtime.subscriptions", Meter.Type.GAUGE, null, "Subscriptions to topics that are there now",
			Tags.TRANSPORT),

	/**
	 * Channels with subscribers on this node now.
	 */
	CHANNELS("realtime.channels", Meter.Type.GAUGE, null, "Channels with subscribers on this node now"),

	/**
	 * Connections of this node that are members of channels with presence, once per
	 * channel, and users that were seen there by HTTP requests.
	 */
	PRESENCE("realtime.presence.members", Meter.Type.GAUGE, null,
			"Connections of this node that are members of channels"),

	/**
	 * Publications this node handed to the backplane, repetitions with the same
	 * idempotency key included. After commit; those rolled back do not count.
	 */
	PUBLICATIONS("realtime.publications", Meter.Type.COUNTER, null, "Publications of this node"),

	/**
	 * Publications written to subscribers: live, replayed and recovered ones, once per
	 * subscription.
	 */
	DELIVERIES("realtime.deliveries", Meter.Type.COUNTER, null,
			"Publications written to subscribers, once per subscription", Tags.TRANSPORT),

	/**
	 * What did not get to clients, see {@link dev.realtime.core.DropReason}.
	 */
	DROPS("realtime.drops", Meter.Type.COUNTER, null, "What did not get to clients", Tags.TRANSPORT, Tags.REASON),

	/**
	 * Connections that ended, see {@link dev.realtime.core.CloseReason}, and
	 * {@code client-gone}: the client, or the network, ended it without DISCONNECT.
	 */
	CLOSES("realtime.closes", Meter.Type.COUNTER, null, "Connections that ended", Tags.TRANSPORT, Tags.REASON),

	/**
	 * What limits of this node refused, see {@link dev.realtime.limit.Limit}: a
	 * handshake, a connection, a subscription, or a frame.
	 */
	REFUSALS("realtime.refusals", Meter.Type.COUNTER, null, "What limits of this node refused", Tags.LIMIT),

	/**
	 * Orders about rights that this node obeyed, those of other nodes among them, see
	 * {@link dev.realtime.access.AccessAction}.
	 */
	ORDERS("realtime.orders", Meter.Type.COUNTER, null,
			"Orders to withdraw rights or to end connections that this node obeyed", Tags.ACTION),

	/**
	 * Subscriptions that ended because of that, see
	 * {@link dev.realtime.access.GuardedClient.Withdrawal}.
	 */
	WITHDRAWALS("realtime.withdrawals", Meter.Type.COUNTER, null,
			"Subscriptions that ended because the right to them did", Tags.REASON),

	/**
	 * The time from a publication until a lane has written it for all its subscribers,
	 * once per publication and lane. Until its arrival on this node the time is told by
	 * the clocks of both nodes, in milliseconds; after it, in nanoseconds. What is kept
	 * back for a client that does not keep up is not in it.
	 */
	LATENCY("realtime.latency", Meter.Type.TIMER, "seconds",
			"Time from a publication until a lane has written it for all its subscribers", Tags.TRANSPORT),

	/**
	 * What waits for lanes now: payloads and some bookkeeping, at most 32 MB per lane.
	 */
	LANE_BACKLOG("realtime.lane.backlog", Meter.Type.GAUGE, "bytes", "Publications that wait for lanes now",
			Tags.TRANSPORT),

	/**
	 * Publications that Redis has not confirmed. Zero in memory.
	 */
	OUTBOX_BACKLOG("realtime.outbox.backlog", Meter.Type.GAUGE, null, "Publications that wait for Redis now"),

	/**
	 * Publications dropped because Redis was away and too many others waited too.
	 */
	OUTBOX_DROPS("realtime.outbox.drops", Meter.Type.COUNTER, null,
			"Publications dropped because too many waited for Redis");

	private final String name;

	private final Meter.Type type;

	private final @Nullable String baseUnit;

	private final String description;

	private final Tags[] tags;

	RealtimeMeters(String name, Meter.Type type, @Nullable String baseUnit, String description, Tags... tags) {
		this.name = name;
		this.type = type;
		this.baseUnit = baseUnit;
		this.description = description;
		this.tags = tags;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public Meter.Type getType() {
		return this.type;
	}

	@Override
	public @Nullable String getBaseUnit() {
		return this.baseUnit;
	}

	@Override
	public KeyName[] getKeyNames() {
		return this.tags.clone();
	}

	String description() {
		return this.description;
	}

	/**
	 * The tags.
	 */
	enum Tags implements KeyName {

		/**
		 * The way clients come by: {@code servlet} or {@code netty}.
		 */
		TRANSPORT,

		/**
		 * Why: a constant in lower case, words joined by hyphens.
		 */
		REASON,

		/**
		 * Which limit: the name of its property.
		 */
		LIMIT,

		/**
		 * What was to be done: a constant in lower case, words joined by hyphens.
		 */
		ACTION;

		@Override
		public String asString() {
			return label(this);
		}

		static String label(Enum<?> constant) {
			return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

}
