package dev.realtime.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

import dev.realtime.Realtime;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.autoconfigure.scan.ScannedTopics;
import dev.realtime.autoconfigure.scan.ScannedTopics.Documents;
import dev.realtime.autoconfigure.scan.ScannedTopics.FactoryTopic;
import dev.realtime.topic.SubscribeAttempt;
import dev.realtime.topic.Topic;
import dev.realtime.topic.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TopicScan}: how topics are found, also ahead of time.
 */
@Timeout(120)
class TopicScanTests {

	private static final String PACKAGE = "dev.realtime.autoconfigure.scan";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RealtimeAutoConfiguration.class));

	@Test
	void topicsAreFoundInThePackagesOfTheApplication() {
		this.runner.withUserConfiguration(PackageConfiguration.class).run((context) -> {
			assertThat(context.getBean(Topics.class).all()).extracting((topic) -> topic.name().toString())
				.containsExactlyInAnyOrder("document.{id}", "contact.updated", "static.rule", "component", "factory");
			assertTopicsWork(context);
		});
	}

	@Test
	void onlyTopicsWithInstanceRulesBecomeBeans() {
		this.runner.withUserConfiguration(PackageConfiguration.class).run((context) -> {
			assertThat(context.getBeansOfType(type("DocumentTopic"))).hasSize(1);
			assertThat(context.getBeansOfType(type("ContactUpdated"))).isEmpty();
			assertThat(context.getBeansOfType(type("StaticRule"))).isEmpty();
		});
	}

	@Test
	void whenTopicIsAComponentThenThereIsOneBean() {
		this.runner.withUserConfiguration(PackageConfiguration.class, ComponentScanConfiguration.class)
			.run((context) -> assertThat(context.getBeansOfType(type("ComponentTopic"))).hasSize(1));
	}

	@Test
	void whenApplicationCreatesTheTopicThenThereIsOneBean() {
		this.runner.withUserConfiguration(PackageConfiguration.class)
			.run((context) -> assertThat(context.getBeansOfType(FactoryTopic.class)).containsOnlyKeys("factoryTopic"));
	}

	@Test
	void whenThereAreNoPackagesThenNothingIsFound() {
		this.runner.run((context) -> assertThat(context.getBean(Topics.class).all()).isEmpty());
	}

	@Test
	@CompileWithForkedClassLoader
	void whenApplicationIsProcessedAheadOfTimeThenItsTopicsWork() {
		processed((hints, initializer) -> {
			try (GenericApplicationContext context = new GenericApplicationContext()) {
				initializer.initialize(context);
				context.refresh();
				assertTopicsWork(context);
				assertThat(context.getBean(Realtime.class)
					.forTenant("acme")
					.publish("contact.updated", Map.of("id", 1))
					.join()
					.offset()).isEqualTo(1);
			}
		});
	}

	@Test
	void whenApplicationIsProcessedAheadOfTimeThenRulesMayBeCalled() {
		processed((hints, initializer) -> {
			assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(type("DocumentTopic"), "canSubscribe"))
				.accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(type("StaticRule"), "canSubscribe"))
				.accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(TopicFilter.class, "contains"))
				.accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Tenant.class, "id")).accepts(hints);
		});
	}

	@Test
	void whenApplicationIsProcessedAheadOfTimeThenPayloadsMayBeWritten() {
		processed((hints, initializer) -> {
			assertThat(RuntimeHintsPredicates.reflection().onType(type("ContactUpdated"))).accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(type("ContactUpdated"), "id"))
				.accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(type("Editor"), "name")).accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection().onType(type("NoTopic"))).rejects(hints);
			assertThat(hints.reflection().getTypeHint(type("DocumentTopic")).methods())
				.allMatch((method) -> method.getMode() == ExecutableMode.INVOKE);
		});
	}

	@Test
	void whenApplicationHasNoTopicsThenItCanBeProcessedAheadOfTime() {
		GenericApplicationContext context = new AnnotationConfigApplicationContext();
		((AnnotationConfigApplicationContext) context).register(RealtimeAutoConfiguration.class);
		TestGenerationContext generation = new TestGenerationContext();
		new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		assertThat(RuntimeHintsPredicates.reflection().onType(Tenant.class)).rejects(generation.getRuntimeHints());
	}

	@SuppressWarnings("unchecked")
	private static void processed(
			BiConsumer<RuntimeHints, ApplicationContextInitializer<GenericApplicationContext>> assertions) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.register(AotConfiguration.class);
		TestGenerationContext generation = new TestGenerationContext();
		String initializer = new ApplicationContextAotGenerator().processAheadOfTime(context, generation).toString();
		generation.writeGeneratedContent();
		TestCompiler.forSystem()
			.withCompilerOptions("-Xlint:none")
			.with(generation)
			.compile((compiled) -> assertions.accept(generation.getRuntimeHints(),
					compiled.getInstance(ApplicationContextInitializer.class, initializer)));
	}

	private static void assertTopicsWork(ApplicationContext context) {
		assertThat(permits(context, "document.42", "alice", "id")).isTrue();
		assertThat(permits(context, "document.43", "alice", "id")).isFalse();
		assertThat(permits(context, "contact.updated", "alice", "id")).isTrue();
		assertThat(permits(context, "contact.updated", "alice", "secret")).isFalse();
		assertThat(permits(context, "static.rule", "alice", "id")).isTrue();
		assertThat(permits(context, "static.rule", "alice", "other")).isFalse();
		assertThat(permits(context, "component", "alice", "id")).isTrue();
		assertThat(permits(context, "factory", "alice", "id")).isTrue();
		assertThat(permits(context, "factory", "bob", "id")).isFalse();
	}

	private static boolean permits(ApplicationContext context, String name, String user, String filterKey) {
		Topic topic = context.getBean(Topics.class).find(name);
		return topic.permits(new SubscribeAttempt(new TestingAuthenticationToken(user, "", "ROLE_USER"),
				new Tenant("acme"), topic.match(name), TopicFilter.of(Map.of(filterKey, List.of(1L)))));
	}

	private static Class<?> type(String name) {
		return ClassUtils.resolveClassName(ScannedTopics.class.getName() + "$" + name,
				TopicScanTests.class.getClassLoader());
	}

	@Configuration(proxyBeanMethods = false)
	@AutoConfigurationPackage(basePackages = PACKAGE)
	static class PackageConfiguration {

		@Bean
		Documents documents() {
			return new Documents();
		}

		@Bean
		FactoryTopic factoryTopic() {
			return new FactoryTopic("alice");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ComponentScan(basePackages = PACKAGE)
	static class ComponentScanConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ JacksonAutoConfiguration.class, RealtimeAutoConfiguration.class })
	static class AotConfiguration extends PackageConfiguration {

	}

}
