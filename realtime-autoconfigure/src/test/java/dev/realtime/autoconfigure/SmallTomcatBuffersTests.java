package dev.realtime.autoconfigure;

import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.autoconfigure.broker.BrokerApplication;
import jakarta.servlet.ServletContext;
import jakarta.websocket.server.ServerContainer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SmallTomcatBuffers}.
 */
class SmallTomcatBuffersTests {

	private static ServerContainer container(ServletContext context) {
		return (ServerContainer) context.getAttribute(ServerContainer.class.getName());
	}

	/**
	 * An application whose only endpoint is ours.
	 */
	@Nested
	@SpringBootTest(classes = TestApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
	class WithoutOtherEndpoints {

		@Test
		void whenNobodyElseNeedsThemThenBuffersAreSmall(@Autowired ServletContext context) {
			assertThat(container(context).getDefaultMaxTextMessageBufferSize()).isEqualTo(SmallTomcatBuffers.SIZE);
			assertThat(container(context).getDefaultMaxBinaryMessageBufferSize()).isEqualTo(SmallTomcatBuffers.SIZE);
		}

	}

	/**
	 * An application with an endpoint of its own.
	 */
	@Nested
	@SpringBootTest(classes = BrokerApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
	class WithAnotherEndpoint {

		@Test
		void whenAnotherEndpointMayNeedThemThenBuffersAreAsTheyWere(@Autowired ServletContext context) {
			assertThat(container(context).getDefaultMaxTextMessageBufferSize()).isEqualTo(8192);
			assertThat(container(context).getDefaultMaxBinaryMessageBufferSize()).isEqualTo(8192);
		}

	}

}
