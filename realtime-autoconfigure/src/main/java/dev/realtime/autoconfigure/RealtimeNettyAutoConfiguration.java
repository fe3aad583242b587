package dev.realtime.autoconfigure;

import java.util.List;
import java.util.concurrent.Executor;

import dev.realtime.netty.NettyEndpoint;
import dev.realtime.netty.NettyOptions;
import dev.realtime.stomp.RealtimeWebSocketHandler;
import dev.realtime.stomp.StompBroker;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnThreading;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.util.StringUtils;

/**
 * Auto-configuration of the dedicated WebSocket port, {@code realtime.ws-port}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = RealtimeEndpointAutoConfiguration.class)
@ConditionalOnClass(NettyEndpoint.class)
@ConditionalOnBean(StompBroker.class)
@ConditionalOnProperty("realtime.ws-port")
public final class RealtimeNettyAutoConfiguration {

	/**
	 * Frames of clients that are handled at the same time. Rules may wait for a database,
	 * so there are more threads than cores; Tomcat has 200 for the same work.
	 */
	private static final int WORKERS = 64;

	@Bean
	NettyEndpoint realtimeNettyEndpoint(ApplicationContext context, StompBroker broker, RealtimeProperties properties,
			ObjectProvider<SslBundles> bundles) {
		NettyOptions options = new NettyOptions((properties.wsPort() != null) ? properties.wsPort() : 0,
				properties.path(), properties.allowedOrigins(), properties.limits().connectTimeout(),
				properties.trustedProxies());
		return new NettyEndpoint(options, ssl(properties.ssl().bundle(), bundles), broker,
				context.getBean(RealtimeWebSocketHandler.class),
				context.getBean("realtimeNettyWorkers", Executor.class));
	}

	@Bean
	DedicatedPort realtimeDedicatedPort(NettyEndpoint endpoint) {
		return endpoint::getPort;
	}

	private static @Nullable SslContext ssl(@Nullable String name, ObjectProvider<SslBundles> bundles) {
		if (!StringUtils.hasText(name)) {
			return null;
		}
		SslBundle bundle = bundles.getObject().getBundle(name);
		String[] ciphers = bundle.getOptions().getCiphers();
		return new JdkSslContext(bundle.createSslContext(), false, (ciphers != null) ? List.of(ciphers) : null,
				IdentityCipherSuiteFilter.INSTANCE, null, ClientAuth.NONE, bundle.getOptions().getEnabledProtocols(),
				false);
	}

	@Bean(defaultCandidate = false)
	@ConditionalOnThreading(Threading.PLATFORM)
	ThreadPoolTaskExecutor realtimeNettyWorkers() {
		ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
		executor.setThreadNamePrefix("realtime-worker-");
		executor.setCorePoolSize(WORKERS);
		executor.setAllowCoreThreadTimeOut(true);
		executor.setDaemon(true);
		// The end of each connection is still to be handled when the port closes.
		executor.setAcceptTasksAfterContextClose(true);
		return executor;
	}

	@Bean(name = "realtimeNettyWorkers", defaultCandidate = false)
	@ConditionalOnThreading(Threading.VIRTUAL)
	SimpleAsyncTaskExecutor realtimeVirtualNettyWorkers() {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("realtime-worker-");
		executor.setVirtualThreads(true);
		return executor;
	}

}
