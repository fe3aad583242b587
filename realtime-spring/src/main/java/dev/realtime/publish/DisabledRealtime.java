package dev.realtime.publish;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.realtime.Access;
import dev.realtime.BroadcastBuilder;
import dev.realtime.ChannelPresence;
import dev.realtime.PresenceMember;
import dev.realtime.PublicationBuilder;
import dev.realtime.Realtime;
import dev.realtime.ServerSubscriptions;
import dev.realtime.StreamPosition;

/**
 * What applications get with {@code realtime.enabled=false}: nothing happens.
 *
 * @since 0.1.0
 */
public final class DisabledRealtime implements Realtime {

	@Override
	public boolean isEnabled() {
		return false;
	}

	@Override
	public CompletableFuture<StreamPosition> publish(String topic, Object data) {
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public CompletableFuture<StreamPosition> publish(Object event) {
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public Realtime forTenant(String tenantId) {
		return this;
	}

	@Override
	public PublicationBuilder to(String topic, Object... variables) {
		return new DisabledPublicationBuilder();
	}

	@Override
	public PublicationBuilder toUser(String id) {
		return new DisabledPublicationBuilder();
	}

	@Override
	public BroadcastBuilder toUsers(Collection<String> ids) {
		return new DisabledBroadcastBuilder();
	}

	@Override
	public BroadcastBuilder toAll(Collection<String> topics) {
		return new DisabledBroadcastBuilder();
	}

	@Override
	public CompletableFuture<List<StreamPosition>> publishAll(Collection<PublicationBuilder> publications) {
		return CompletableFuture.completedFuture(List.of());
	}

	@Override
	public String connectionToken() {
		return "";
	}

	@Override
	public String subscribeToken(String topic, Map<String, ?> filter) {
		return "";
	}

	@Override
	public Access access() {
		return new DisabledAccess();
	}

	@Override
	public ServerSubscriptions connection(String sessionId) {
		return new DisabledServerSubscriptions();
	}

	@Override
	public ServerSubscriptions user(String id) {
		return new DisabledServerSubscriptions();
	}

	@Override
	public ServerSubscriptions session(String httpSessionId) {
		return new DisabledServerSubscriptions();
	}

	@Override
	public ChannelPresence presence(String topic, Object... variables) {
		return new NobodyThere();
	}

	@Override
	public boolean isOnline(String user) {
		return false;
	}

	@Override
	public Set<String> onlineUsers() {
		return Set.of();
	}

	@Override
	public Optional<Instant> lastSeen(String user) {
		return Optional.empty();
	}

	@Override
	public Set<String> whereIs(String user) {
		return Set.of();
	}

	/**
	 * Nobody is there.
	 */
	private static final class NobodyThere implements ChannelPresence {

		@Override
		public List<PresenceMember> members() {
			return List.of();
		}

		@Override
		public int count() {
			return 0;
		}

		@Override
		public boolean contains(String user) {
			return false;
		}

	}

	/**
	 * Takes everything and does nothing.
	 */
	private static final class DisabledPublicationBuilder implements PublicationBuilder {

		@Override
		public PublicationBuilder data(Object data) {
			return this;
		}

		@Override
		public PublicationBuilder event(String name) {
			return this;
		}

		@Override
		public PublicationBuilder user(String name) {
			return this;
		}

		@Override
		public PublicationBuilder except(String connectionId) {
			return this;
		}

		@Override
		public PublicationBuilder toOthers() {
			return this;
		}

		@Override
		public PublicationBuilder idempotencyKey(String key) {
			return this;
		}

		@Override
		public PublicationBuilder now() {
			return this;
		}

		@Override
		public CompletableFuture<StreamPosition> publish() {
			return CompletableFuture.completedFuture(null);
		}

	}

}
