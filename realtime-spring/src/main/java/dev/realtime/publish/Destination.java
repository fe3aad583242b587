package dev.realtime.publish;

import dev.realtime.Scope;
import dev.realtime.core.ChannelId;
import dev.realtime.topic.ChannelSettings;
import org.jspecify.annotations.Nullable;

/**
 * Where a publication goes.
 *
 * @param settings what the topic says about its channels
 * @param name the name of the topic with its variables filled in
 * @param user whose channel, where each user has one; {@code null} for the current user
 */
record Destination(ChannelSettings settings, String name, @Nullable String user) {

	Destination forUser(String name) {
		if (this.settings.scope() != Scope.USER) {
			throw new IllegalArgumentException(
					"Topic '" + this.name + "' has no channel per user. Declare it with scope = Scope.USER");
		}
		if (name.isEmpty()) {
			throw new IllegalArgumentException("The name of the user is empty");
		}
		return new Destination(this.settings, this.name, name);
	}

	ChannelId channel(DefaultRealtime realtime) {
		return switch (this.settings.scope()) {
			case GLOBAL -> this.settings.channel(this.name, null, null);
			case TENANT -> this.settings.channel(this.name, realtime.requireTenant(), null);
			case USER -> this.settings.channel(this.name, realtime.requireTenant(),
					(this.user != null) ? this.user : realtime.requireUser());
		};
	}

}
