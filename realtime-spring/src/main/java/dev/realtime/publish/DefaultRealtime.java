package dev.realtime.publish;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.realtime.Access;
import dev.realtime.BroadcastBuilder;
import dev.realtime.ChannelPresence;
import dev.realtime.Decision;
import dev.realtime.Presence;
import dev.realtime.PublicationBuilder;
import dev.realtime.Realtime;
import dev.realtime.Scope;
import dev.realtime.ServerSubscriptions;
import dev.realtime.StreamPosition;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.access.AccessControl;
import dev.realtime.core.ChannelId;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.json.JsonPayloads;
import dev.realtime.presence.PresenceHub;
import dev.realtime.serverside.ServerSubscriptionControl;
import dev.realtime.serverside.Target;
import dev.realtime.tenant.Tenants;
import dev.realtime.token.UserTokens;
import dev.realtime.topic.SubscribeAttempt;
import dev.realtime.topic.Topic;
import dev.realtime.topic.Topics;
import dev.realtime.topic.UserChannel;
import org.jspecify.annotations.Nullable;

import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Publishes through the engine.
 *
 * @since 0.1.0
 */
public final class DefaultRealtime implements Realtime {

	private final RealtimeEngine engine;

	private final Topics topics;

	private final Tenants tenants;

	private final JsonPayloads payloads;

	private final UserTokens tokens;

	private final AccessControl access;

	private final UserChannel userChannel;

	private final PresenceHub presence;

	private final ServerSubscriptionControl subscriptions;

	private final @Nullable Tenant tenant;

	/**
	 * Publishes to the tenant of whoever is logged in on the publishing thread.
	 * @param engine carries the publications
	 * @param topics the declared topics
	 * @param tenants who belongs to which tenant
	 * @param payloads writes the payloads
	 * @param tokens issues tokens
	 * @param access withdraws rights
	 * @param userChannel the channel that every user has
	 * @param presence who is there
	 * @param subscriptions subscribes whom server code wants to
	 */
	public DefaultRealtime(RealtimeEngine engine, Topics topics, Tenants tenants, JsonPayloads payloads,
			UserTokens tokens, AccessControl access, UserChannel userChannel, PresenceHub presence,
			ServerSubscriptionControl subscriptions) {
		this(engine, topics, tenants, payloads, tokens, access, userChannel, presence, subscriptions, null);
	}

	private DefaultRealtime(RealtimeEngine engine, Topics topics, Tenants tenants, JsonPayloads payloads,
			UserTokens tokens, AccessControl access, UserChannel userChannel, PresenceHub presence,
			ServerSubscriptionControl subscriptions, @Nullable Tenant tenant) {
		this.engine = engine;
		this.topics = topics;
		this.tenants = tenants;
		this.payloads = payloads;
		this.tokens = tokens;
		this.access = access;
		this.userChannel = userChannel;
		this.presence = presence;
		this.subscriptions = subscriptions;
		this.tenant = tenant;
	}

	@Override
	public boolean isEnabled() {
		return true;
	}

	@Override
	public CompletableFuture<StreamPosition> publish(String topic, Object data) {
		return to(topic).data(data).publish();
	}

	@Override
	public CompletableFuture<StreamPosition> publish(Object event) {
		Topic topic = this.topics.find(event.getClass());
		if (topic == null) {
			throw new IllegalArgumentException(event.getClass().getName()
					+ " is not a topic. Annotate it with @RealtimeTopic (in a package of the application), or publish "
					+ "it by name: realtime.publish(\"some.topic\", payload)");
		}
		byte[] data = this.payloads.write(topic.name().toString(), event);
		Map<String, @Nullable Object> attributes = this.payloads.attributes(data);
		List<Object> variables = topic.name().variables().stream().map((variable) -> {
			if (attributes.get(variable) == null) {
				throw new IllegalArgumentException("The payload " + event.getClass().getName() + " has no attribute '"
						+ variable + "' to fill in topic '" + topic.name() + "'");
			}
			return Objects.requireNonNull(attributes.get(variable));
		}).toList();
		return publication(topic, topic.render(variables)).data(event).publish();
	}

	@Override
	public Realtime forTenant(String tenantId) {
		return new DefaultRealtime(this.engine, this.topics, this.tenants, this.payloads, this.tokens, this.access,
				this.userChannel, this.presence, this.subscriptions, new Tenant(tenantId));
	}

	@Override
	public PublicationBuilder to(String topic, Object... variables) {
		Topic found = requireTopic(topic);
		return publication(found, name(found, topic, variables));
	}

	private static String name(Topic found, String topic, Object... variables) {
		if (topic.equals(found.name().toString())) {
			return found.render(Arrays.asList(variables));
		}
		if (variables.length > 0) {
			throw new IllegalArgumentException("The name '" + topic + "' has its variables filled in already. "
					+ "Write either realtime.to(\"" + found.name() + "\", value) or realtime.to(\"" + topic + "\")");
		}
		return topic;
	}

	private PublicationBuilder publication(Topic topic, String name) {
		return new DefaultPublicationBuilder(this, new Destination(topic.settings(), name, null));
	}

	@Override
	public PublicationBuilder toUser(String id) {
		return new DefaultPublicationBuilder(this, userDestination(id));
	}

	private Destination userDestination(String user) {
		return new Destination(this.userChannel.settings(), UserChannel.NAME, null).forUser(user);
	}

	@Override
	public BroadcastBuilder toUsers(Collection<String> ids) {
		return new DefaultBroadcastBuilder(this, ids.stream().distinct().map(this::userDestination).toList());
	}

	@Override
	public BroadcastBuilder toAll(Collection<String> topics) {
		return new DefaultBroadcastBuilder(this, topics.stream().distinct().map((topic) -> {
			Topic found = requireTopic(topic);
			return new Destination(found.settings(), requireName(found, topic), null);
		}).toList());
	}

	@Override
	public CompletableFuture<List<StreamPosition>> publishAll(Collection<PublicationBuilder> publications) {
		return new PublicationBatch(publications).publish(this.engine);
	}

	@Override
	public String connectionToken() {
		return this.tokens.connection(requireAuthentication(), requireTenant()).value();
	}

	@Override
	public String subscribeToken(String topic, Map<String, ?> filter) {
		Authentication user = requireAuthentication();
		Tenant tenant = requireTenant();
		Topic found = this.topics.find(topic);
		Map<String, String> variables = (found != null) ? found.match(topic) : null;
		if (found == null || variables == null) {
			throw new IllegalArgumentException("There is no topic '" + topic + "', with its variables filled in");
		}
		TopicFilter chosen = TopicFilter.ofMap(filter);
		Decision decision = found.decide(new SubscribeAttempt(user, tenant, variables, chosen));
		if (!decision.isAllowed()) {
			throw new AccessDeniedException("The rule of topic '" + found.name() + "' does not permit it");
		}
		return this.tokens.subscription(user, tenant, found, topic, chosen, decision.validity()).value();
	}

	@Override
	public Access access() {
		return new DefaultAccess(this, this.access, this.subscriptions);
	}

	@Override
	public ServerSubscriptions connection(String sessionId) {
		return new DefaultServerSubscriptions(this, this.subscriptions, Target.Kind.CONNECTION, sessionId);
	}

	@Override
	public ServerSubscriptions user(String id) {
		return new DefaultServerSubscriptions(this, this.subscriptions, Target.Kind.USER, id);
	}

	@Override
	public ServerSubscriptions session(String httpSessionId) {
		return new DefaultServerSubscriptions(this, this.subscriptions, Target.Kind.SESSION, httpSessionId);
	}

	@Override
	public ChannelPresence presence(String topic, Object... variables) {
		Topic found = requireTopic(topic);
		if (found.presence().mode() == Presence.NONE) {
			throw new IllegalArgumentException("Topic '" + found.name() + "' has no presence. Declare it with "
					+ "@RealtimeTopic(presence = Presence.MEMBERS)");
		}
		return this.presence.presence(new ChannelId(requireTenant().id(),
				(found.scope() == Scope.USER) ? requireUser() : null, name(found, topic, variables)));
	}

	@Override
	public boolean isOnline(String user) {
		return this.presence.isOnline(requireTenant(), user);
	}

	@Override
	public Set<String> onlineUsers() {
		return this.presence.onlineUsers(requireTenant());
	}

	@Override
	public Optional<Instant> lastSeen(String user) {
		return this.presence.lastSeen(requireTenant(), user);
	}

	@Override
	public Set<String> whereIs(String user) {
		return this.presence.whereIs(requireTenant(), user);
	}

	Topic requireTopic(String topic) {
		Topic found = this.topics.find(topic);
		if (found == null) {
			throw new IllegalArgumentException("There is no topic '" + topic
					+ "'. Declare a class with @RealtimeTopic(\"" + topic + "\"); there are " + this.topics.all());
		}
		return found;
	}

	static String requireName(Topic topic, String name) {
		if (topic.match(name) == null) {
			throw new IllegalArgumentException(
					"The variables of '" + name + "' are not filled in. Write one name for each channel");
		}
		return name;
	}

	RealtimeEngine engine() {
		return this.engine;
	}

	JsonPayloads payloads() {
		return this.payloads;
	}

	Tenant requireTenant() {
		if (this.tenant != null) {
			return this.tenant;
		}
		Tenant current = this.tenants.of(currentUser());
		if (current == null) {
			throw new IllegalStateException("No tenant: the user of this thread has none, or nobody is logged in. "
					+ "Scheduled jobs and system code publish with realtime.forTenant(id)");
		}
		return current;
	}

	String requireUser() {
		Authentication user = currentUser();
		if (user == null) {
			throw new IllegalStateException("No user: nobody is logged in on this thread. Name the user whose channel "
					+ "it is with realtime.to(topic).user(name)");
		}
		return user.getName();
	}

	private static Authentication requireAuthentication() {
		Authentication user = currentUser();
		if (user == null) {
			throw new IllegalStateException(
					"No user: a token says who somebody is, but nobody is logged in on this " + "thread");
		}
		return user;
	}

	private static @Nullable Authentication currentUser() {
		return SecurityContextHolder.getContext().getAuthentication();
	}

}
