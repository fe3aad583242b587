package dev.realtime.autoconfigure;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import dev.realtime.autoconfigure.app.TestApplication;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.context.SpringBootTest;

/**
 * A test of the dedicated port of {@link TestApplication}, where the token of CONNECT is
 * the tenant, or the user and the tenant with a dot between them. They run once on NIO
 * and, on Linux, once more on epoll.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(classes = { TestApplication.class, NettyPortTests.TokenConfiguration.class },
		webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "realtime.ws-port=0", TestApplication.SECRET,
				"realtime.allowed-origins=https://app.example,https://*.shop.example" })
@ExtendWith(NoLeaks.class)
@Tag("endpoint")
@Timeout(120)
@interface NettyTest {

}
