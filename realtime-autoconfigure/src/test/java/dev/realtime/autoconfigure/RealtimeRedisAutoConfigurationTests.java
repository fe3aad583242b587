package dev.realtime.autoconfigure;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.realtime.Realtime;
import dev.realtime.RealtimeTopic;
import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.core.Backplane;
import dev.realtime.core.ChannelId;
import dev.realtime.core.InMemoryBackplane;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.redis.RedisBackplane;
import dev.realtime.redis.RedisBackplaneOptions;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.embedded.RedisServer;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * When Redis is the backplane, and what then is.
 */
@Timeout(300)
@ExtendWith(OutputCaptureExtension.class)
class RealtimeRedisAutoConfigurationTests {

	private static final ChannelId CHANNEL = new ChannelId("default", null, "news");

	private static int nowhere;

	private static int port;

	private static RedisServer server;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, RealtimeRedisAutoConfiguration.class,
				RealtimeAutoConfiguration.class, MetricsAutoConfiguration.class, RealtimeMetricsAutoConfiguration.class,
				RealtimeHealthAutoConfiguration.class))
		.withPropertyValues(TestApplication.SECRET)
		.withUserConfiguration(News.class);

	@BeforeAll
	static void startServer() throws IOException {
		nowhere = freePort();
		port = freePort();
		server = RedisServer.newRedisServer()
			.port(port)
			.setting("bind 127.0.0.1")
			.setting("save \"\"")
			.setting("user reader on nopass ~* &* +@all -xadd")
			.build();
		server.start();
	}

	@AfterAll
	static void stopServer() throws IOException {
		server.stop();
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	@Test
	void whenNothingIsSaidAboutRedisThenMemoryIsTheBackplaneAndHealthIsUp() {
		this.runner.run((context) -> {
			assertThat(context).getBean(Backplane.class).isInstanceOf(InMemoryBackplane.class);
			assertThat(context.getBean(HealthIndicator.class).health()).isEqualTo(Health.up().build());
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.data.redis.host=127.0.0.1", "spring.data.redis.url=redis://127.0.0.1:1",
			"spring.data.redis.cluster.nodes=127.0.0.1:1",
			"spring.data.redis.sentinel.nodes=127.0.0.1:1 spring.data.redis.sentinel.master=main" })
	void whenApplicationSaysWhereRedisIsThenItIsTheBackplane(String properties) {
		this.runner.withPropertyValues(properties.split(" "))
			.run((context) -> assertThat(context).hasNotFailed()
				.getBean(Backplane.class)
				.isInstanceOf(RedisBackplane.class));
	}

	@Test
	void whenBackplaneIsRedisThenItIsWhateverTheApplicationSays() {
		this.runner.withPropertyValues("realtime.backplane=redis")
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(RedisBackplane.class));
	}

	@Test
	void whenBackplaneIsMemoryThenItIsWhateverTheApplicationSays() {
		this.runner.withPropertyValues("realtime.backplane=memory", "spring.data.redis.port=" + port)
			.run((context) -> assertThat(context).getBean(Backplane.class).isInstanceOf(InMemoryBackplane.class));
	}

	@Test
	void whenApplicationHasABackplaneThenItWins() {
		this.runner.withPropertyValues("realtime.backplane=redis")
			.withBean("own", Backplane.class, () -> new InMemoryBackplane(InstantSource.system(), new Random(1)))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(Backplane.class)
				.doesNotHaveBean(RedisBackplaneLifecycle.class));
	}

	@Test
	void whenRealtimeIsSwitchedOffThenRedisIsLeftAlone() {
		this.runner.withPropertyValues("realtime.enabled=false", "realtime.backplane=redis")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Backplane.class));
	}

	@Test
	void whenApplicationUsesRedisWithoutLettuceThenMemoryIsTheBackplane() {
		this.runner.withBean("own", RedisConnectionFactory.class, () -> mock(RedisConnectionFactory.class))
			.run((context) -> assertThat(context).getBean(Backplane.class).isInstanceOf(InMemoryBackplane.class));
	}

	@Test
	void whenBackplaneIsRedisWithoutLettuceThenApplicationDoesNotStart() {
		this.runner.withPropertyValues("realtime.backplane=redis")
			.withBean("own", RedisConnectionFactory.class, () -> mock(RedisConnectionFactory.class))
			.run((context) -> assertThat(analyze(context.getStartupFailure()).getAction())
				.contains("LettuceConnectionFactory"));
	}

	@Test
	void whenBackplaneIsRedisWithoutItsModuleThenApplicationDoesNotStart() {
		this.runner.withPropertyValues("realtime.backplane=redis")
			.withClassLoader(new FilteredClassLoader(RedisBackplane.class))
			.run((context) -> assertThat(analyze(context.getStartupFailure()).getAction())
				.contains("dev.realtime:realtime-redis"));
	}

	@Test
	void whenModuleIsNotThereThenMemoryIsTheBackplane() {
		this.runner.withClassLoader(new FilteredClassLoader("dev.realtime.redis", "io.lettuce"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(InMemoryBackplane.class));
	}

	@Test
	void whenRedisIsThereThenPublicationsGetFromNodeToNodeAndHealthIsUp() {
		ApplicationContextRunner node = this.runner.withPropertyValues("spring.data.redis.port=" + port);
		node.run((one) -> node.run((other) -> {
			BlockingQueue<Long> offsets = new LinkedBlockingQueue<>();
			other.getBean(LettuceConnectionFactory.class);
			RedisBackplane listening = new RedisBackplane(
					other.getBean(LettuceConnectionFactory.class)::getRequiredNativeClient,
					new RedisBackplaneOptions("realtime", 10, Duration.ofSeconds(5)));
			listening.start((channel, publication) -> offsets.add(publication.position().offset()));
			listening.subscribe(CHANNEL).get(60, TimeUnit.SECONDS);
			long offset = one.getBean(Realtime.class)
				.publish("news", Map.of("id", 1))
				.get(60, TimeUnit.SECONDS)
				.offset();
			assertThat(offsets.poll(60, TimeUnit.SECONDS)).isEqualTo(offset);
			listening.close();
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.untilAsserted(
						() -> assertThat(one.getBean(HealthIndicator.class).health().getStatus()).isEqualTo(Status.UP));
			assertThat(one.getBean(HealthIndicator.class).health().getDetails()).containsKeys("since", "backlog",
					"dropped");
		}));
	}

	@Test
	void whenKeyPrefixesDifferThenApplicationsAreApart() {
		ApplicationContextRunner node = this.runner.withPropertyValues("spring.data.redis.port=" + port);
		node.withPropertyValues("realtime.key-prefix=one")
			.run((one) -> node.withPropertyValues("realtime.key-prefix=other").run((other) -> {
				one.getBean(Realtime.class).publish("news", Map.of()).get(60, TimeUnit.SECONDS);
				assertThat(other.getBean(Realtime.class).publish("news", Map.of()).get(60, TimeUnit.SECONDS).offset())
					.isEqualTo(1);
			}));
	}

	@Test
	void whenAnotherApplicationUsesTheSameKeysThenItIsTold(CapturedOutput output) {
		ApplicationContextRunner node = this.runner.withPropertyValues("spring.data.redis.port=" + port,
				"realtime.key-prefix=shared");
		node.withPropertyValues("spring.application.name=crm").run((crm) -> {
			StringRedisTemplate redis = new StringRedisTemplate(crm.getBean(RedisConnectionFactory.class));
			Awaitility.await()
				.untilAsserted(() -> assertThat(redis.opsForValue().get("shared:application")).isEqualTo("crm"));
			node.withPropertyValues("spring.application.name=crm").run((again) -> assertThat(again).hasNotFailed());
			node.withPropertyValues("spring.application.name=shop")
				.run((shop) -> Awaitility.await()
					.untilAsserted(() -> assertThat(output)
						.contains("The application 'crm' uses the same keys on Redis as this one, 'shop'")));
			assertThat(output).doesNotContain("as this one, 'crm'");
		});
	}

	@Test
	void whenSomethingElseUsesTheSameKeysThenItIsTold(CapturedOutput output) {
		this.runner.withPropertyValues("spring.data.redis.port=" + port).run((context) -> {
			StringRedisTemplate redis = new StringRedisTemplate(context.getBean(RedisConnectionFactory.class));
			redis.opsForList().rightPush("foreign:application", "x");
		});
		this.runner
			.withPropertyValues("spring.data.redis.port=" + port, "realtime.key-prefix=foreign",
					"spring.application.name=crm")
			.run((crm) -> Awaitility.await()
				.untilAsserted(() -> assertThat(output).contains("The key 'foreign:application' on Redis is no text")));
	}

	@Test
	void whenRedisIsNotReachableThenApplicationStartsAndHealthSaysWhy() {
		this.runner.withPropertyValues("spring.data.redis.port=" + nowhere, "realtime.redis.outbox.max-size=2")
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				Health health = context.getBean(HealthIndicator.class).health();
				assertThat(health.getStatus()).isEqualTo(Status.DOWN);
				assertThat(health.getDetails().get("reason").toString()).contains("Connection refused");
				for (int i = 0; i < 5; i++) {
					context.getBean(Realtime.class).publish("news", Map.of("id", i));
				}
				MeterRegistry registry = context.getBean(MeterRegistry.class);
				assertThat(registry.get("realtime.outbox.backlog").gauge().value()).isEqualTo(2);
				assertThat(registry.get("realtime.outbox.drops").functionCounter().count()).isEqualTo(3);
			});
	}

	@Test
	void whenUserMayNotDoWhatIsNeededThenApplicationDoesNotStart() {
		this.runner
			.withPropertyValues("spring.data.redis.port=" + port, "spring.data.redis.username=reader",
					"spring.data.redis.password=any")
			.run((context) -> {
				FailureAnalysis analysis = analyze(context.getStartupFailure());
				assertThat(analysis.getDescription()).startsWith("Redis does not let its user do what");
				assertThat(analysis.getAction())
					.startsWith("Let the user of spring.data.redis.username do this: ~realtime:*");
			});
	}

	@Test
	void whenPasswordIsWrongThenApplicationDoesNotStart() {
		this.runner
			.withPropertyValues("spring.data.redis.port=" + port, "spring.data.redis.username=nobody",
					"spring.data.redis.password=wrong")
			.run((context) -> assertThat(analyze(context.getStartupFailure()).getAction())
				.contains("spring.data.redis.password"));
	}

	@Test
	void whenFactoryIsStoppedAndStartedAgainThenTheBackplaneComesBack() {
		this.runner.withPropertyValues("spring.data.redis.port=" + port).run((context) -> {
			Realtime realtime = context.getBean(Realtime.class);
			long before = realtime.publish("news", Map.of()).get(60, TimeUnit.SECONDS).offset();
			LettuceConnectionFactory factory = context.getBean(LettuceConnectionFactory.class);
			factory.stop();
			factory.start();
			assertThat(realtime.publish("news", Map.of()).get(60, TimeUnit.SECONDS).offset()).isEqualTo(before + 1);
			assertThat(context).hasSingleBean(RealtimeEngine.class);
		});
	}

	@Test
	void whenContextIsClosedThenLastPublicationsGetThrough() throws Exception {
		int count = 500;
		List<CompletableFuture<?>> published = new ArrayList<>();
		this.runner.withPropertyValues("spring.data.redis.port=" + port).run((context) -> {
			for (int i = 0; i < count; i++) {
				published.add(context.getBean(Realtime.class).publish("news", Map.of("id", i)));
			}
		});
		for (CompletableFuture<?> future : published) {
			future.get(60, TimeUnit.SECONDS);
		}
	}

	private static FailureAnalysis analyze(Throwable failure) {
		return SpringFactoriesLoader.forDefaultResourceLocation().load(FailureAnalyzer.class, (type, name, ex) -> {
		})
			.stream()
			.filter((analyzer) -> analyzer.getClass().getPackageName().startsWith("dev.realtime"))
			.map((analyzer) -> analyzer.analyze(failure))
			.filter((analysis) -> analysis != null)
			.findFirst()
			.orElseThrow(() -> new AssertionError("Nobody explains it", failure));
	}

	@RealtimeTopic(name = "news", canSubscribe = "permitAll")
	static class News {

	}

}
