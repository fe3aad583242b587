package dev.realtime.autoconfigure;

import java.util.function.Supplier;

import dev.realtime.core.Backplane;
import dev.realtime.core.InMemoryBackplane;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * A secret as several nodes share it, without a backplane that they share. With a
 * dedicated port one node needs a secret too.
 */
final class SingleNodeCheck implements Supplier<@Nullable String> {

	private final RealtimeProperties properties;

	private final Backplane backplane;

	SingleNodeCheck(RealtimeProperties properties, Backplane backplane) {
		this.properties = properties;
		this.backplane = backplane;
	}

	@Override
	public @Nullable String get() {
		boolean byChance = this.backplane instanceof InMemoryBackplane
				&& this.properties.backplane() == RealtimeProperties.BackplaneType.AUTO;
		boolean secret = StringUtils.hasText(this.properties.token().secret())
				&& (this.properties.wsPort() == null || this.properties.publicUrl() != null);
		return (byChance && secret)
				? "realtime.token.secret is set, as for several nodes, but what is published on one node stays there: "
						+ "the backplane is its memory. Say where Redis is with spring.data.redis.*, or that there is "
						+ "only one node with realtime.backplane=memory."
				: null;
	}

}
