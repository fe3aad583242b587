package dev.realtime.access;

import java.time.Duration;
import java.time.Instant;

import dev.realtime.Tenant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Withdrawals}.
 */
@Tag("T8")
@Timeout(30)
class WithdrawalsTests {

	private static final Tenant ACME = new Tenant("acme");

	private static final Tenant GLOBEX = new Tenant("globex");

	private Instant now = Instant.parse("2026-01-01T00:00:00.5Z");

	private final Withdrawals withdrawals = new Withdrawals(() -> this.now);

	@Test
	void whenNothingWasWithdrawnThenNothingIsOutdated() {
		assertThat(this.withdrawals.isOutdated(ACME, "ann", "news", Instant.EPOCH)).isFalse();
	}

	@Test
	void whenUserWasRevokedThenProofsFromBeforeAreOutdated() {
		this.withdrawals.add(ACME, "ann", null);
		assertThat(this.withdrawals.isOutdated(ACME, "ann", "news", this.now.minusMillis(500))).isTrue();
		assertThat(this.withdrawals.isOutdated(ACME, "ann", "news", this.now.plusMillis(500))).isFalse();
		assertThat(this.withdrawals.isOutdated(ACME, "bob", "news", Instant.EPOCH)).isFalse();
		assertThat(this.withdrawals.isOutdated(GLOBEX, "ann", "news", Instant.EPOCH)).isFalse();
	}

	@Test
	void whenTenantWasRevokedThenProofsOfAllItsUsersAreOutdated() {
		this.withdrawals.add(ACME, null, null);
		assertThat(this.withdrawals.isOutdated(ACME, "ann", "news", Instant.EPOCH)).isTrue();
		assertThat(this.withdrawals.isOutdated(GLOBEX, "ann", "news", Instant.EPOCH)).isFalse();
	}

	@Test
	void whenTopicWasRevokedThenProofsOfOthersHold() {
		this.withdrawals.add(ACME, "ann", "document.{id}");
		assertThat(this.withdrawals.isOutdated(ACME, "ann", "document.5", Instant.EPOCH)).isTrue();
		assertThat(this.withdrawals.isOutdated(ACME, "ann", "news", Instant.EPOCH)).isFalse();
	}

	@Test
	void whenManyAreWithdrawnOrAnHourIsOverThenTheOldestAreForgotten() {
		for (int i = 0; i <= 10_000; i++) {
			this.withdrawals.add(ACME, "user" + i, null);
		}
		assertThat(this.withdrawals.isOutdated(ACME, "user0", "news", Instant.EPOCH)).isFalse();
		assertThat(this.withdrawals.isOutdated(ACME, "user1", "news", Instant.EPOCH)).isTrue();
		this.now = this.now.plus(Duration.ofMinutes(61));
		this.withdrawals.add(ACME, "ann", null);
		assertThat(this.withdrawals.isOutdated(ACME, "user1", "news", Instant.EPOCH)).isFalse();
		assertThat(this.withdrawals.isOutdated(ACME, "ann", "news", Instant.EPOCH)).isTrue();
	}

}
