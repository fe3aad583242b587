package dev.realtime.autoconfigure;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

import dev.realtime.access.AccessAction;
import dev.realtime.access.AccessControl;
import dev.realtime.access.AccessCounters;
import dev.realtime.access.GuardedClient.Withdrawal;
import dev.realtime.autoconfigure.RealtimeMeters.Tags;
import dev.realtime.core.CloseReason;
import dev.realtime.core.DropReason;
import dev.realtime.core.LatencyObserver;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.core.Transport;
import dev.realtime.core.TransportStatistics;
import dev.realtime.limit.Limit;
import dev.realtime.limit.Limiter;
import dev.realtime.presence.PresenceHub;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * Shows what an engine counts as meters, {@link RealtimeMeters}.
 */
final class RealtimeMetrics implements MeterBinder {

	/** Beside the close reasons, for connections the server did not end. */
	static final String CLIENT_GONE = "client-gone";

	private final RealtimeEngine engine;

	private final BackplaneMonitor backplane;

	private final @Nullable Limiter limiter;

	private final PresenceHub presence;

	private final AccessControl access;

	RealtimeMetrics(RealtimeEngine engine, BackplaneMonitor backplane, @Nullable Limiter limiter, PresenceHub presence,
			AccessControl access) {
		this.engine = engine;
		this.access = access;
		this.presence = presence;
		this.backplane = backplane;
		this.limiter = limiter;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder(RealtimeMeters.CHANNELS.getName(), this.engine, (engine) -> engine.statistics().channels())
			.description(RealtimeMeters.CHANNELS.description())
			.register(registry);
		Gauge.builder(RealtimeMeters.PRESENCE.getName(), this.presence, PresenceHub::members)
			.description(RealtimeMeters.PRESENCE.description())
			.register(registry);
		FunctionCounter
			.builder(RealtimeMeters.PUBLICATIONS.getName(), this.engine, (engine) -> engine.statistics().publications())
			.description(RealtimeMeters.PUBLICATIONS.description())
			.register(registry);
		Gauge
			.builder(RealtimeMeters.OUTBOX_BACKLOG.getName(), this.backplane,
					(backplane) -> backplane.status().backlog())
			.description(RealtimeMeters.OUTBOX_BACKLOG.description())
			.register(registry);
		FunctionCounter
			.builder(RealtimeMeters.OUTBOX_DROPS.getName(), this.backplane, (backplane) -> backplane.status().dropped())
			.description(RealtimeMeters.OUTBOX_DROPS.description())
			.register(registry);
		if (this.limiter != null) {
			bindTo(registry, this.limiter);
		}
		bindTo(registry, this.access.counters());
		this.engine.observe((transport) -> new TransportMeters(transport, registry).register());
	}

	private static void bindTo(MeterRegistry registry, Limiter limiter) {
		for (Limit limit : Limit.values()) {
			FunctionCounter
				.builder(RealtimeMeters.REFUSALS.getName(), limiter, (counted) -> counted.refusedSoFar(limit))
				.description(RealtimeMeters.REFUSALS.description())
				.tags(Tags.LIMIT.asString(), limit.label())
				.register(registry);
		}
	}

	private static void bindTo(MeterRegistry registry, AccessCounters counters) {
		for (AccessAction action : AccessAction.values()) {
			FunctionCounter.builder(RealtimeMeters.ORDERS.getName(), counters, (counted) -> counted.orders(action))
				.description(RealtimeMeters.ORDERS.description())
				.tags(Tags.ACTION.asString(), Tags.label(action))
				.register(registry);
		}
		for (Withdrawal reason : Withdrawal.values()) {
			FunctionCounter
				.builder(RealtimeMeters.WITHDRAWALS.getName(), counters, (counted) -> counted.withdrawals(reason))
				.description(RealtimeMeters.WITHDRAWALS.description())
				.tags(Tags.REASON.asString(), Tags.label(reason))
				.register(registry);
		}
	}

	/**
	 * The meters of one transport.
	 */
	private record TransportMeters(Transport transport, MeterRegistry registry) {

		LatencyObserver register() {
			gauge(RealtimeMeters.CONNECTIONS, TransportStatistics::connections);
			gauge(RealtimeMeters.SUBSCRIPTIONS, TransportStatistics::subscriptions);
			gauge(RealtimeMeters.LANE_BACKLOG, TransportStatistics::queuedBytes);
			counter(RealtimeMeters.DELIVERIES, TransportStatistics::deliveries);
			for (DropReason reason : DropReason.values()) {
				counter(RealtimeMeters.DROPS, (statistics) -> statistics.drops(reason), reason(Tags.label(reason)));
			}
			for (CloseReason reason : CloseReason.values()) {
				counter(RealtimeMeters.CLOSES, (statistics) -> statistics.closes(reason), reason(Tags.label(reason)));
			}
			counter(RealtimeMeters.CLOSES, TransportStatistics::clientsGone, reason(CLIENT_GONE));
			Timer latency = Timer.builder(RealtimeMeters.LATENCY.getName())
				.description(RealtimeMeters.LATENCY.description())
				.tags(Tags.TRANSPORT.asString(), this.transport.name())
				.register(this.registry);
			return (nanos) -> latency.record(nanos, TimeUnit.NANOSECONDS);
		}

		private static Tag reason(String value) {
			return Tag.of(Tags.REASON.asString(), value);
		}

		private void gauge(RealtimeMeters meter, ToDoubleFunction<TransportStatistics> number) {
			Gauge.builder(meter.getName(), this.transport, (transport) -> number.applyAsDouble(transport.statistics()))
				.description(meter.description())
				.baseUnit(meter.getBaseUnit())
				.tags(Tags.TRANSPORT.asString(), this.transport.name())
				.register(this.registry);
		}

		private void counter(RealtimeMeters meter, ToDoubleFunction<TransportStatistics> number, Tag... more) {
			FunctionCounter
				.builder(meter.getName(), this.transport, (transport) -> number.applyAsDouble(transport.statistics()))
				.description(meter.description())
				.tags(Tags.TRANSPORT.asString(), this.transport.name())
				.tags(List.of(more))
				.register(this.registry);
		}

	}

}
