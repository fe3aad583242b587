package dev.realtime.autoconfigure;

import dev.realtime.core.RealtimeEngine;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the health indicator {@code realtime}.
 * {@code management.health.realtime.enabled=false} switches it off.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = RealtimeAutoConfiguration.class)
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean(RealtimeEngine.class)
@ConditionalOnEnabledHealthIndicator("realtime")
public final class RealtimeHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = { "realtimeHealthIndicator", "realtimeHealthContributor" })
	RealtimeHealthIndicator realtimeHealthIndicator(ObjectProvider<BackplaneMonitor> monitor) {
		return new RealtimeHealthIndicator(monitor.getIfAvailable(() -> BackplaneMonitor.UNWATCHED));
	}

}
