package dev.realtime.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.core.io.ClassPathResource;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When the browser client is served, and where.
 */
@Timeout(60)
class RealtimeClientAutoConfigurationTests {

	private static final String MAPPING = "realtimeClientHandlerMapping";

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RealtimeClientAutoConfiguration.class));

	@Test
	void clientIsServedBelowThePath() {
		this.runner.withPropertyValues("realtime.path=/live")
			.run((context) -> assertThat(context.getBean(MAPPING, SimpleUrlHandlerMapping.class).getUrlMap())
				.containsOnlyKeys("/live/client.js", "/live/client.js.map"));
	}

	@Test
	void whenRealtimeIsSwitchedOffThenPagesCanStillImportTheClient() {
		this.runner.withPropertyValues("realtime.enabled=false").run((context) -> assertThat(context).hasBean(MAPPING));
	}

	@Test
	void whenClientIsNotThereThenNothingIsServed() {
		this.runner
			.withClassLoader(new FilteredClassLoader(new ClassPathResource(RealtimeClientAutoConfiguration.SCRIPT)))
			.run((context) -> assertThat(context).doesNotHaveBean(MAPPING));
	}

	@Test
	void whenSpringMvcIsNotThereThenNothingIsServed() {
		this.runner.withClassLoader(new FilteredClassLoader(SimpleUrlHandlerMapping.class))
			.run((context) -> assertThat(context).doesNotHaveBean(MAPPING));
	}

	@Test
	void whenApplicationIsNoServletApplicationThenNothingIsServed() {
		AutoConfigurations configuration = AutoConfigurations.of(RealtimeClientAutoConfiguration.class);
		new ApplicationContextRunner().withConfiguration(configuration)
			.run((context) -> assertThat(context).doesNotHaveBean(MAPPING));
		new ReactiveWebApplicationContextRunner().withConfiguration(configuration)
			.run((context) -> assertThat(context).doesNotHaveBean(MAPPING));
	}

}
