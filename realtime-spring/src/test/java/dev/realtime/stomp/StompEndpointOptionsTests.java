package dev.realtime.stomp;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link StompEndpointOptions}.
 */
@Timeout(30)
class StompEndpointOptionsTests {

	@ParameterizedTest
	@CsvSource({ "PT10S,PT1S", "PT5S,PT0.5S", "PT1H,PT1S", "PT0.3S,PT0.03S", "PT0.001S,PT0.02S", "PT0S,PT1S" })
	void tickIsATenthOfTheHeartbeatWithinReason(Duration heartbeat, Duration tick) {
		assertThat(options(heartbeat, Duration.ofSeconds(1), 1, 1).tick()).isEqualTo(tick);
	}

	@Test
	void whenTimesMakeNoSenseThenTheyAreRefused() {
		Duration second = Duration.ofSeconds(1);
		assertThatIllegalArgumentException().isThrownBy(() -> options(second.negated(), second, 1, 1));
		assertThatIllegalArgumentException().isThrownBy(() -> options(second, Duration.ZERO, 1, 1));
		assertThatIllegalArgumentException().isThrownBy(() -> options(second, second.negated(), 1, 1));
	}

	@Test
	void whenCallsAreToFailBeforeTheyBeginThenItIsRefused() {
		Duration second = Duration.ofSeconds(1);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new StompEndpointOptions(second, second, second.negated(), false, 1, 1))
			.withMessage("realtime.limits.call-timeout is not negative");
	}

	@Test
	void whenLimitsMakeNoSenseThenTheyAreRefused() {
		Duration second = Duration.ofSeconds(1);
		assertThatIllegalArgumentException().isThrownBy(() -> options(second, second, 0, 1));
		assertThatIllegalArgumentException().isThrownBy(() -> options(second, second, -1, 1));
		assertThatIllegalArgumentException().isThrownBy(() -> options(second, second, 1, 0));
	}

	private static StompEndpointOptions options(Duration heartbeat, Duration connectTimeout, int frameSize,
			long pendingBytes) {
		return new StompEndpointOptions(heartbeat, connectTimeout, Duration.ZERO, false, frameSize, pendingBytes);
	}

}
