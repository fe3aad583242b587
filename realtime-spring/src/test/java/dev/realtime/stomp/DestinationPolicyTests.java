package dev.realtime.stomp;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DestinationPolicy}.
 */
@Timeout(30)
@Tag("T4")
class DestinationPolicyTests {

	@ParameterizedTest
	@CsvSource({ "/user/queue/echo,true,false", "/app/echo,true,true", "/queue/echo,false,false",
			"/queue/echo-user1234,false,false", "/topic/news,false,false", "/user/bob/queue/echo,false,false",
			"/user/topic/news,false,false", "/user/queue,false,false", "/app,false,false", "/apps/echo,false,false",
			"app/echo,false,false", "/APP/echo,false,false", "/**,false,false", "//app/echo,false,false",
			"/realtimes/x,false,false" })
	void withoutABrokerOfTheApplicationOnlyMessageMappingsAreServed(String destination, boolean subscribe,
			boolean send) {
		DestinationPolicy policy = DestinationPolicy.MESSAGE_MAPPINGS_ONLY;
		assertThat(policy.mayBeSubscribed(destination)).isEqualTo(subscribe);
		assertThat(policy.mayBeSentTo(destination)).isEqualTo(send);
	}

	@Test
	void withoutADestinationNothingIsServed() {
		assertThat(DestinationPolicy.MESSAGE_MAPPINGS_ONLY.mayBeSubscribed(null)).isFalse();
		assertThat(DestinationPolicy.MESSAGE_MAPPINGS_ONLY.mayBeSentTo(null)).isFalse();
	}

	@ParameterizedTest
	@CsvSource(value = { "/topic/news", "/queue/x", "/user/bob/queue/x", "NULL" }, nullValues = "NULL")
	void brokerOfTheApplicationDecidesItself(String destination) {
		assertThat(DestinationPolicy.APPLICATION.mayBeSubscribed(destination)).isTrue();
		assertThat(DestinationPolicy.APPLICATION.mayBeSentTo(destination)).isTrue();
	}

}
