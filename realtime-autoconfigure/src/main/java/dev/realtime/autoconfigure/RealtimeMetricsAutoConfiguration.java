package dev.realtime.autoconfigure;

import dev.realtime.access.AccessControl;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.limit.Limiter;
import dev.realtime.presence.PresenceHub;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of meters, {@code docs/metrics.md}.
 * {@code management.metrics.enable.realtime=false} switches them off.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = RealtimeAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ MeterRegistry.class, RealtimeEngine.class })
public final class RealtimeMetricsAutoConfiguration {

	@Bean
	RealtimeMetrics realtimeMetrics(RealtimeEngine engine, ObjectProvider<BackplaneMonitor> backplane,
			ObjectProvider<Limiter> limiter, PresenceHub presence, AccessControl access) {
		return new RealtimeMetrics(engine, backplane.getIfAvailable(() -> BackplaneMonitor.UNWATCHED),
				limiter.getIfAvailable(), presence, access);
	}

}
