package dev.realtime.core;

import org.jspecify.annotations.Nullable;

/**
 * The identity of a channel: one concrete stream of a topic. The tenant is part of it, so
 * that crossing tenants is not a check that can be forgotten.
 *
 * @param tenant the tenant, or {@code null} for a channel that all tenants share
 * @param user the user, or {@code null} for a channel that the users of the tenant share
 * @param name the name of the topic with its variables filled in, such as
 * {@code document.42}
 * @since 0.1.0
 */
public record ChannelId(@Nullable String tenant, @Nullable String user, String name) {

	@Override
	public String toString() {
		return ((this.tenant != null) ? this.tenant : "*") + ((this.user != null) ? " / " + this.user : "") + " / "
				+ this.name;
	}

}
