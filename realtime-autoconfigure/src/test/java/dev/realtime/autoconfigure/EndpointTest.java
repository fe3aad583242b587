package dev.realtime.autoconfigure;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import dev.realtime.autoconfigure.app.TestApplication;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.test.context.SpringBootTest;

/**
 * A test of the endpoint of {@link TestApplication}, on a real server that all of these
 * share: Tomcat, and then once more Jetty.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(classes = TestApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@Tag("endpoint")
@Timeout(60)
@interface EndpointTest {

}
