package dev.realtime.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The same where Spring Boot runs everything on virtual threads.
 */
@EnabledForJreRange(min = JRE.JAVA_21)
@TestPropertySource(properties = "spring.threads.virtual.enabled=true")
class VirtualThreadsOrderTests extends OrderTests {

	@Test
	void whenThreadsAreVirtualThenWorkersOfThePortAreToo(@Autowired ApplicationContext context) {
		assertThat(context.getBean("realtimeNettyWorkers")).isInstanceOf(SimpleAsyncTaskExecutor.class);
	}

}
