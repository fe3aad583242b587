package dev.realtime;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Decision}.
 */
@Timeout(10)
class DecisionTests {

	@Test
	void whenAllowedThenItHoldsUntilFurtherNoticeOrForAWhile() {
		assertThat(Decision.allow().isAllowed()).isTrue();
		assertThat(Decision.allow().validity()).isNull();
		assertThat(Decision.of(true)).isSameAs(Decision.allow());
		assertThat(Decision.allow().recheckAfter(Duration.ofMinutes(5)).validity()).isEqualTo(Duration.ofMinutes(5));
		assertThat(Decision.allow().recheckAfter(Duration.ofMinutes(5))).hasToString("allow, recheck after PT5M");
	}

	@Test
	void whenDeniedThenItStaysDenied() {
		assertThat(Decision.of(false)).isSameAs(Decision.deny()).hasToString("deny");
		assertThat(Decision.deny().isAllowed()).isFalse();
		assertThat(Decision.deny().recheckAfter(Duration.ofMinutes(5)).isAllowed()).isFalse();
	}

	@Test
	void whenValidityIsNotPositiveThenItIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> Decision.allow().recheckAfter(Duration.ZERO));
		assertThatIllegalArgumentException().isThrownBy(() -> Decision.allow().recheckAfter(Duration.ofSeconds(-1)));
	}

}
