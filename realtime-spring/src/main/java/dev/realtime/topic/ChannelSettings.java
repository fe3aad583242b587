package dev.realtime.topic;

import java.util.List;

import dev.realtime.Overflow;
import dev.realtime.Replay;
import dev.realtime.Scope;
import dev.realtime.Tenant;
import dev.realtime.core.ChannelId;
import dev.realtime.core.HistoryOptions;
import org.jspecify.annotations.Nullable;

/**
 * What a topic says about its channels.
 *
 * @param scope who shares a channel
 * @param key the attributes that identify what a message is about; empty if there are
 * none
 * @param history how much of its past a channel keeps
 * @param replay what a new subscription gets of the past by default
 * @param overflow what becomes of a subscriber that does not read fast enough
 * @since 0.1.0
 */
public record ChannelSettings(Scope scope, List<String> key, HistoryOptions history, Replay replay, Overflow overflow) {

	/**
	 * The channel of a tenant and user.
	 * @param name the name of the topic with its variables filled in
	 * @param tenant the tenant, or {@code null} if the scope is {@link Scope#GLOBAL}
	 * @param user the user, or {@code null} if the scope is not {@link Scope#USER}
	 * @return the identity of the channel
	 */
	public ChannelId channel(String name, @Nullable Tenant tenant, @Nullable String user) {
		if (this.scope == Scope.GLOBAL) {
			return new ChannelId(null, null, name);
		}
		if (tenant == null || (this.scope == Scope.USER && user == null)) {
			throw new IllegalArgumentException("A channel of topic '" + name + "' needs a tenant"
					+ ((this.scope == Scope.USER) ? " and a user" : ""));
		}
		return new ChannelId(tenant.id(), (this.scope == Scope.USER) ? user : null, name);
	}

	/**
	 * The attributes by which only the newest message is kept for a client that does not
	 * read fast enough.
	 * @return their names, or {@code null} if such a client is disconnected
	 */
	public @Nullable List<String> conflateBy() {
		return (this.overflow == Overflow.CONFLATE) ? this.key : null;
	}

}
