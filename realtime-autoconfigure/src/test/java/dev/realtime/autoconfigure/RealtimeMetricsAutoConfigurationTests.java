package dev.realtime.autoconfigure;

import java.util.Arrays;
import java.util.Map;

import dev.realtime.Realtime;
import dev.realtime.core.ActivityLog;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.limit.LimitOptions;
import dev.realtime.limit.Limiter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When there are meters.
 */
@Timeout(60)
class RealtimeMetricsAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(MetricsAutoConfiguration.class, RealtimeAutoConfiguration.class, RealtimeMetricsAutoConfiguration.class));

	@Test
	void whenThereIsARegistryThenTheMetersAreThere() {
		withLimits().run((context) -> {
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			context.getBean(RealtimeEngine.class).transport("test");
			assertThat(Arrays.stream(RealtimeMeters.values()).map(RealtimeMeters::getName))
				.allSatisfy((name) -> assertThat(registry.get(name).meters()).isNotEmpty()
					.allSatisfy((meter) -> assertThat(meter.getId().getDescription()).isNotBlank()));
			assertThat(registry.get("realtime.closes").tags("transport", "test", "reason", "slow-consumer").meters())
				.hasSize(1);
		});
	}

	@Test
	void whenMetersAreThereThenTheyAreWhatTheirDocumentationSays() {
		withLimits().run((context) -> {
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			context.getBean(RealtimeEngine.class).transport("test");
			for (RealtimeMeters documented : RealtimeMeters.values()) {
				assertThat(registry.get(documented.getName()).meters()).map(Meter::getId).allSatisfy((id) -> {
					assertThat(id.getType()).isEqualTo(documented.getType());
					assertThat(id.getBaseUnit()).isEqualTo(documented.getBaseUnit());
					assertThat(id.getDescription()).isEqualTo(documented.description());
					assertThat(id.getTags().stream().map((tag) -> tag.getKey())).containsExactlyInAnyOrderElementsOf(
							Arrays.stream(documented.getKeyNames()).map((key) -> key.asString()).toList());
				});
			}
		});
	}

	/**
	 * With what the endpoint brings.
	 */
	private ApplicationContextRunner withLimits() {
		return this.runner.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withBean(Limiter.class, () -> new Limiter(new LimitOptions(Map.of()), System::nanoTime));
	}

	@Test
	void whenMetersAreSwitchedOffThenThereAreNone() {
		this.runner.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withPropertyValues("management.metrics.enable.realtime=false")
			.run((context) -> assertThat(context.getBean(MeterRegistry.class).find("realtime.channels").meters())
				.isEmpty());
	}

	@Test
	void whenThereIsNoRegistryThenNothingIsMetered() {
		this.runner.run((context) -> assertThat(context).hasNotFailed()
			.hasSingleBean(RealtimeEngine.class)
			.doesNotHaveBean(RealtimeMetrics.class));
	}

	@Test
	void whenMicrometerIsNotThereThenEverythingElseIs() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(RealtimeAutoConfiguration.class, RealtimeMetricsAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(Realtime.class)
				.hasSingleBean(ActivityLog.class)
				.doesNotHaveBean("realtimeMetrics"));
	}

	@Test
	void whenRealtimeIsSwitchedOffThenNothingIsMeteredAndNothingLogged() {
		this.runner.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withPropertyValues("realtime.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(RealtimeMetrics.class)
				.doesNotHaveBean(ActivityLog.class));
	}

}
