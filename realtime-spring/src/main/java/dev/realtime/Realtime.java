package dev.realtime;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Publishes to topics. Inject it anywhere: controllers, services, scheduled jobs.
 * <p>
 * Inside a transaction a publication goes out after commit, in the order of the calls,
 * and never after rollback: then its future is cancelled. The payload is serialised
 * during the call. Nothing here blocks, and trouble of the backplane never throws; it
 * fails the future, which the caller may ignore. What does throw, at once, are
 * programming errors: an unknown topic, a missing variable, no tenant where one is
 * needed, a payload that does not serialise or is larger than
 * {@code realtime.limits.payload-size}.
 * <p>
 * With {@code realtime.enabled=false} every call is a no-op that answers a future
 * completed with {@code null} or an empty list, and tokens are empty. Thread-safe.
 *
 * @since 0.1.0
 */
public interface Realtime {

	/**
	 * Whether publications go anywhere.
	 * @return {@code false} with {@code realtime.enabled=false}
	 */
	boolean isEnabled();

	/**
	 * Publishes to a topic of the current tenant.
	 * @param topic the name of a topic with its variables filled in, such as
	 * {@code document.42}
	 * @param data the payload, which Jackson turns into JSON
	 * @return completed with the position once the backplane has the publication
	 */
	CompletableFuture<StreamPosition> publish(String topic, Object data);

	/**
	 * Publishes a payload whose class is the topic, to the current tenant. Variables of
	 * the topic's name are filled in from the attributes of the payload.
	 * @param event an instance of a class annotated with {@link RealtimeTopic}
	 * @return completed with the position once the backplane has the publication
	 */
	CompletableFuture<StreamPosition> publish(Object event);

	/**
	 * The same for an explicit tenant: for scheduled jobs and system code, where no user
	 * is logged in.
	 * @param tenantId the id of the tenant
	 * @return a view that publishes to this tenant
	 */
	Realtime forTenant(String tenantId);

	/**
	 * Starts a publication with options.
	 * @param topic the name of a topic, with variables ({@code document.{id}}) or with
	 * their values filled in
	 * @param variables the values of the variables, in order
	 * @return a builder
	 */
	PublicationBuilder to(String topic, Object... variables);

	/**
	 * Starts a publication to one user of the current tenant, on all of the user's
	 * devices: those that are subscribed to {@code /realtime/@me} get it, and those that
	 * come back within the time the history is kept.
	 * @param id the name of the user's authentication
	 * @return a builder
	 */
	PublicationBuilder toUser(String id);

	/**
	 * The same for several users, in one round trip where the backplane is Redis.
	 * @param ids the names of the users' authentications; a user who is named twice gets
	 * it once
	 * @return a builder
	 */
	BroadcastBuilder toUsers(Collection<String> ids);

	/**
	 * Starts one publication to several topics, in one round trip where the backplane is
	 * Redis.
	 * @param topics names of topics with their variables filled in; one that occurs twice
	 * gets it once
	 * @return a builder
	 */
	BroadcastBuilder toAll(Collection<String> topics);

	/**
	 * Publishes several publications at once, in one round trip where the backplane is
	 * Redis. They keep their order within a channel, and may be of any tenants. Each goes
	 * out after commit, or with {@link PublicationBuilder#now()} does not wait for that.
	 * @param publications publications with their options, not published yet; if one can
	 * not be published, this throws and none is
	 * @return completed with the positions, in order, once the backplane has all of them;
	 * with a failure if it did not take one, which says nothing about the others
	 */
	CompletableFuture<List<StreamPosition>> publishAll(Collection<PublicationBuilder> publications);

	/**
	 * A connection token for the current user: with it a client connects as this user for
	 * the next minute ({@code realtime.token.ttl}), at the dedicated port, at a relay, or
	 * wherever it has no session. It is a secret.
	 * @return the token, for {@code passcode} of CONNECT
	 * @throws IllegalStateException if nobody is logged in on this thread, or the user
	 * has no tenant
	 */
	String connectionToken();

	/**
	 * A subscription token for the current user: with it, and with nothing else, this
	 * user may subscribe to this topic with exactly this filter for the next minute. The
	 * rule of the topic is asked. It is a secret.
	 * @param topic the name of a topic with its variables filled in
	 * @param filter the choice of messages: a value, or a collection of values, by key;
	 * empty for none
	 * @return the token, for {@code token} of SUBSCRIBE
	 * @throws org.springframework.security.access.AccessDeniedException if the rule says
	 * no
	 * @throws IllegalStateException if nobody is logged in on this thread, or the user
	 * has no tenant
	 */
	String subscribeToken(String topic, Map<String, ?> filter);

	/**
	 * Takes rights away from those who are subscribed or connected already.
	 * @return access to the users of the current tenant, or of that of
	 * {@link #forTenant(String)}
	 */
	Access access();

	/**
	 * Who is there, in a channel of the current tenant.
	 * @param topic the name of a topic, with variables ({@code document.{id}}) or with
	 * their values filled in
	 * @param variables the values of the variables, in order
	 * @return a view that looks anew with each call
	 * @throws IllegalArgumentException if the topic has no {@link RealtimeTopic#presence
	 * presence}
	 */
	ChannelPresence presence(String topic, Object... variables);

	/**
	 * Whether a user of the current tenant is connected, to any node.
	 * @param user the name of the user
	 * @return whether there is a connection, or was one within
	 * {@code realtime.presence.leave-grace}
	 * @throws IllegalStateException if {@code realtime.presence.enabled} is {@code false}
	 */
	boolean isOnline(String user);

	/**
	 * The users of the current tenant that are connected.
	 * @return their names
	 * @throws IllegalStateException if {@code realtime.presence.enabled} is {@code false}
	 */
	Set<String> onlineUsers();

	/**
	 * When a user of the current tenant was connected last.
	 * @param user the name of the user
	 * @return now if the user is connected; empty if this node does not know: it
	 * remembers the last 100,000 users that went since it was started
	 * @throws IllegalStateException if {@code realtime.presence.enabled} is {@code false}
	 */
	Optional<Instant> lastSeen(String user);

	/**
	 * Where a user of the current tenant is a member.
	 * @param user the name of the user
	 * @return names of topics with their variables filled in
	 * @throws IllegalStateException if {@code realtime.presence.enabled} is {@code false}
	 */
	Set<String> whereIs(String user);

	/**
	 * Subscribes one connection, as long as it lasts.
	 * @param sessionId what the client found in the {@code session} header of CONNECTED
	 * @return its subscriptions, if it is a connection of the current tenant
	 */
	ServerSubscriptions connection(String sessionId);

	/**
	 * Subscribes a user of the current tenant: all connections, now and later.
	 * @param id the name of the user's authentication
	 * @return the user's subscriptions
	 */
	ServerSubscriptions user(String id);

	/**
	 * Subscribes the connections of an HTTP session, now and later: those that were
	 * opened in it, or with a token got in it.
	 * @param httpSessionId the id of the HTTP session; not that of a connection
	 * @return the session's subscriptions, for its connections of the current tenant
	 */
	ServerSubscriptions session(String httpSessionId);

}
