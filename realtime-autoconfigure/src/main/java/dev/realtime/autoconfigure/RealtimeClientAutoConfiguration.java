package dev.realtime.autoconfigure;

import java.util.Map;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnResource;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/**
 * Auto-configuration of {@code {path}/client.js}, the browser client as one module. It is
 * there with {@code realtime.enabled=false} too, since pages could not run without what
 * they import.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(SimpleUrlHandlerMapping.class)
@ConditionalOnResource(resources = "classpath:" + RealtimeClientAutoConfiguration.SCRIPT)
@EnableConfigurationProperties(RealtimeProperties.class)
public final class RealtimeClientAutoConfiguration {

	static final String SCRIPT = "dev/realtime/client/client.js";

	/** Beside that of the endpoint, and before resources of the application. */
	private static final int MAPPING_ORDER = 1;

	private static final MediaType JAVASCRIPT = MediaType.parseMediaType("text/javascript;charset=UTF-8");

	@Bean
	HandlerMapping realtimeClientHandlerMapping(RealtimeProperties properties) {
		String path = properties.path() + "/client.js";
		return new SimpleUrlHandlerMapping(
				Map.of(path, new ClientResource(new ClassPathResource(SCRIPT), JAVASCRIPT), path + ".map",
						new ClientResource(new ClassPathResource(SCRIPT + ".map"), MediaType.APPLICATION_JSON)),
				MAPPING_ORDER);
	}

}
