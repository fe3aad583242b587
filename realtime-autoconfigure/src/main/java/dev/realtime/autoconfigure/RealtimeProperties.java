package dev.realtime.autoconfigure;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import dev.realtime.core.HistoryOptions;
import dev.realtime.limit.Limit;
import dev.realtime.limit.LimitOptions;
import dev.realtime.presence.PresenceOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * Properties of Realtime.
 *
 * @param enabled whether there is an endpoint and publications go anywhere
 * @param role what this node does
 * @param path the path of the WebSocket endpoint
 * @param wsPort the port of an additional, dedicated WebSocket listener at the same path;
 * zero takes a free one
 * @param ssl TLS of the dedicated port
 * @param publicUrl where clients connect, as they see it; by default it is told from the
 * request for a token
 * @param allowedOrigins origins, or patterns of them, whose pages may connect besides
 * those of the application itself
 * @param trustedProxies IP addresses or networks of proxies in front of the dedicated
 * port, whose X-Forwarded-For says where clients are
 * @param allowAnonymous whether clients may connect without a user
 * @param heartbeat how often each side sends at least something; zero switches
 * heart-beats off
 * @param recheckInterval how often the rules of all subscriptions run again; never, if
 * not set
 * @param expiryGrace how long a connection outlives its authentication, such as a token
 * that has expired, so that the client can send a fresh one
 * @param backplane what carries publications from node to node
 * @param keyPrefix what every key and pub/sub channel on Redis begins with
 * @param redis settings of the backplane on Redis
 * @param tenant how tenants are told
 * @param token how tokens are signed
 * @param history how much of the past a channel keeps
 * @param serverSubscriptions what server code subscribes
 * @param limits limits of clients and publishers
 * @param shutdown how the node goes away
 * @param presence how members of channels are kept
 * @since 0.1.0
 */
@ConfigurationProperties("realtime")
public record RealtimeProperties(@DefaultValue("true") boolean enabled, @DefaultValue("full") Role role,
		@DefaultValue("/realtime") String path, @Nullable Integer wsPort, @DefaultValue Ssl ssl,
		@Nullable String publicUrl, @DefaultValue List<String> allowedOrigins,
		@DefaultValue List<String> trustedProxies, @DefaultValue("false") boolean allowAnonymous,
		@DefaultValue("10s") Duration heartbeat, @Nullable Duration recheckInterval,
		@DefaultValue("25s") Duration expiryGrace, @DefaultValue("auto") BackplaneType backplane,
		@DefaultValue("realtime") String keyPrefix, @DefaultValue Redis redis, @DefaultValue Tenant tenant,
		@DefaultValue Token token, @DefaultValue History history, @DefaultValue ServerSubscriptions serverSubscriptions,
		@DefaultValue Limits limits, @DefaultValue Shutdown shutdown, @DefaultValue Presence presence) {

	/**
	 * Whether clients may come without a session and bring a connection token.
	 */
	boolean usesTokens() {
		return StringUtils.hasText(this.token.secret()) || !this.allowedOrigins.isEmpty();
	}

	/**
	 * What a node does.
	 */
	public enum Role {

		/**
		 * Everything.
		 */
		FULL,

		/**
		 * Publishes, and issues tokens where realtime.public-url says where clients
		 * connect; no client connects here.
		 */
		PUBLISHER,

		/**
		 * Serves clients on realtime.ws-port, knows no topics and asks nobody but Redis:
		 * tokens say who may have what.
		 */
		RELAY

	}

	/**
	 * What carries publications from node to node.
	 */
	public enum BackplaneType {

		/**
		 * Redis where the application says where Redis is, the memory otherwise.
		 */
		AUTO,

		/**
		 * The memory of one node.
		 */
		MEMORY,

		/**
		 * Redis.
		 */
		REDIS

	}

	/**
	 * Settings of the backplane on Redis. Where Redis is says {@code spring.data.redis}.
	 *
	 * @param outbox what waits while Redis is away
	 */
	public record Redis(@DefaultValue Outbox outbox) {

		/**
		 * What waits while Redis is away.
		 *
		 * @param maxSize the most publications; beyond it the oldest are dropped
		 */
		public record Outbox(@DefaultValue("10000") int maxSize) {

		}

	}

	/**
	 * TLS of the dedicated port.
	 *
	 * @param bundle the name of an SSL bundle; without one the port speaks plain
	 * WebSocket
	 */
	public record Ssl(@Nullable String bundle) {

	}

	/**
	 * How tenants are told.
	 *
	 * @param claim the claim or attribute of the user that names the tenant;
	 * {@code tenant_id} by default. Setting it makes a tenant required
	 * @param required whether users without a tenant may neither connect nor publish. By
	 * default once a claim or a TenantResolver bean is configured
	 */
	public record Tenant(@Nullable String claim, @Nullable Boolean required) {

		private static final String DEFAULT_CLAIM = "tenant_id";

		String claimOrDefault() {
			return StringUtils.hasText(this.claim) ? this.claim : DEFAULT_CLAIM;
		}

		boolean isRequired(boolean customResolver) {
			return (this.required != null) ? this.required : customResolver || StringUtils.hasText(this.claim);
		}

	}

	/**
	 * How tokens are signed.
	 *
	 * @param secret the secret, at least 32 bytes, the same on all nodes and relays. A
	 * node that is alone makes one up
	 * @param previousSecrets secrets whose tokens are still accepted
	 * @param ttl how long a token can be used
	 */
	public record Token(@Nullable String secret, @DefaultValue List<String> previousSecrets,
			@DefaultValue("60s") Duration ttl) {

		@Override
		public String toString() {
			return "Token[ttl=" + this.ttl + "]";
		}

	}

	/**
	 * How much of the past a channel keeps, where its topic does not say otherwise.
	 *
	 * @param size the number of publications
	 * @param ttl how long a publication is kept
	 * @param keys the number of keys whose last publication is kept, for topics with a
	 * key
	 */
	public record History(@DefaultValue("100") int size, @DefaultValue("1h") Duration ttl,
			@DefaultValue("100000") int keys) {

		HistoryOptions toOptions() {
			return new HistoryOptions(this.size, this.ttl, this.keys);
		}

	}

	/**
	 * What server code subscribes.
	 *
	 * @param ttl how long subscriptions of users and HTTP sessions are remembered while
	 * none of them is connected
	 */
	public record ServerSubscriptions(@DefaultValue("24h") Duration ttl) {

	}

	/**
	 * Limits of clients and publishers.
	 *
	 * @param payloadSize the largest payload, as JSON
	 * @param filterSize the largest filter
	 * @param filterKeys the most keys of a filter
	 * @param filterValues the most values in a list of a filter
	 * @param connections the most connections of the node
	 * @param connectionsPerUser the most connections of one user
	 * @param connectionsPerTenant the most connections of one tenant
	 * @param unauthenticatedConnectionsPerAddress the most connections from one address
	 * that have neither authenticated in the handshake nor said CONNECT yet
	 * @param handshakesPerSecond the most handshakes of the node
	 * @param subscriptionsPerConnection the most subscriptions of one connection
	 * @param subscriptionsPerUser the most subscriptions of one user
	 * @param subscriptionsPerTenant the most subscriptions of one tenant
	 * @param subscribesPerSecond the most SUBSCRIBE frames of one connection
	 * @param callsPerConnection the most calls of one connection that are not answered
	 * yet
	 * @param framesPerSecond the most frames of one connection
	 * @param framesPerSecondPerUser the most frames of one user
	 * @param framesPerSecondPerTenant the most frames of one tenant
	 * @param bytesPerSecond the most bytes from one connection
	 * @param bytesPerSecondPerUser the most bytes from one user
	 * @param bytesPerSecondPerTenant the most bytes from one tenant
	 * @param clientEventsPerSecond the most events that one connection sends to topics
	 * @param headersPerFrame the most headers of a frame of a client
	 * @param headerSize the largest header of a frame of a client
	 * @param frameSize the largest frame of a client
	 * @param pendingBytes the most that waits for a client that does not read; beyond it
	 * the connection is closed
	 * @param connectTimeout the time from the handshake to CONNECT
	 * @param ruleTimeout how long a rule, or a method for events of clients, may take
	 * before it counts as a denial
	 * @param callTimeout how long a call may go without a reply before it fails; zero for
	 * no limit
	 */
	public record Limits(@DefaultValue("16KB") DataSize payloadSize, @DefaultValue("1KB") DataSize filterSize,
			@DefaultValue("8") int filterKeys, @DefaultValue("128") int filterValues,
			@DefaultValue("0") int connections, @DefaultValue("1000") int connectionsPerUser,
			@DefaultValue("0") int connectionsPerTenant, @DefaultValue("1000") int unauthenticatedConnectionsPerAddress,
			@DefaultValue("0") int handshakesPerSecond, @DefaultValue("128") int subscriptionsPerConnection,
			@DefaultValue("0") int subscriptionsPerUser, @DefaultValue("0") int subscriptionsPerTenant,
			@DefaultValue("50") int subscribesPerSecond, @DefaultValue("64") int callsPerConnection,
			@DefaultValue("200") int framesPerSecond, @DefaultValue("0") int framesPerSecondPerUser,
			@DefaultValue("0") int framesPerSecondPerTenant, @DefaultValue("1MB") DataSize bytesPerSecond,
			@DefaultValue("0B") DataSize bytesPerSecondPerUser, @DefaultValue("0B") DataSize bytesPerSecondPerTenant,
			@DefaultValue("50") int clientEventsPerSecond, @DefaultValue("64") int headersPerFrame,
			@DefaultValue("16KB") DataSize headerSize, @DefaultValue("64KB") DataSize frameSize,
			@DefaultValue("1MB") DataSize pendingBytes, @DefaultValue("10s") Duration connectTimeout,
			@DefaultValue("10s") Duration ruleTimeout, @DefaultValue("60s") Duration callTimeout) {

		LimitOptions toOptions() {
			Map<Limit, Long> values = new EnumMap<>(Limit.class);
			values.put(Limit.CONNECTIONS, (long) this.connections);
			values.put(Limit.CONNECTIONS_PER_USER, (long) this.connectionsPerUser);
			values.put(Limit.CONNECTIONS_PER_TENANT, (long) this.connectionsPerTenant);
			values.put(Limit.UNAUTHENTICATED_CONNECTIONS_PER_ADDRESS, (long) this.unauthenticatedConnectionsPerAddress);
			values.put(Limit.HANDSHAKES_PER_SECOND, (long) this.handshakesPerSecond);
			values.put(Limit.SUBSCRIPTIONS_PER_CONNECTION, (long) this.subscriptionsPerConnection);
			values.put(Limit.SUBSCRIPTIONS_PER_USER, (long) this.subscriptionsPerUser);
			values.put(Limit.SUBSCRIPTIONS_PER_TENANT, (long) this.subscriptionsPerTenant);
			values.put(Limit.SUBSCRIBES_PER_SECOND, (long) this.subscribesPerSecond);
			values.put(Limit.CALLS_PER_CONNECTION, (long) this.callsPerConnection);
			values.put(Limit.FRAMES_PER_SECOND, (long) this.framesPerSecond);
			values.put(Limit.FRAMES_PER_SECOND_PER_USER, (long) this.framesPerSecondPerUser);
			values.put(Limit.FRAMES_PER_SECOND_PER_TENANT, (long) this.framesPerSecondPerTenant);
			values.put(Limit.BYTES_PER_SECOND, this.bytesPerSecond.toBytes());
			values.put(Limit.BYTES_PER_SECOND_PER_USER, this.bytesPerSecondPerUser.toBytes());
			values.put(Limit.BYTES_PER_SECOND_PER_TENANT, this.bytesPerSecondPerTenant.toBytes());
			values.put(Limit.CLIENT_EVENTS_PER_SECOND, (long) this.clientEventsPerSecond);
			values.put(Limit.HEADERS_PER_FRAME, (long) this.headersPerFrame);
			values.put(Limit.HEADER_SIZE, this.headerSize.toBytes());
			return new LimitOptions(values);
		}

	}

	/**
	 * How the node goes away.
	 *
	 * @param spread the time over which clients come back, to another node or after a
	 * restart
	 */
	public record Shutdown(@DefaultValue("10s") Duration spread) {

	}

	/**
	 * How members of channels are kept.
	 *
	 * @param enabled whether nodes tell each other who is connected, and topics may have
	 * presence; the same on all nodes
	 * @param window the least time between two diffs of a channel
	 * @param countWindow the least time between two counts of a channel
	 * @param leaveGrace how long a member stays whose connection broke, so that a page
	 * that is loaded again does not flicker
	 * @param lease how long the members of a node stay that is not heard of any more
	 * @param httpTtl how long a member stays that was seen by an HTTP request
	 * @param dataSize the largest info of a member, and the largest data it may say about
	 * itself
	 * @param updatesPerSecond how often each connection of a member can say something new
	 * about itself; the newest wins
	 * @param maxListed channels with more members show their number only
	 */
	public record Presence(@DefaultValue("true") boolean enabled, @DefaultValue("50ms") Duration window,
			@DefaultValue("1s") Duration countWindow, @DefaultValue("10s") Duration leaveGrace,
			@DefaultValue("15s") Duration lease, @DefaultValue("60s") Duration httpTtl,
			@DefaultValue("2KB") DataSize dataSize, @DefaultValue("10") int updatesPerSecond,
			@DefaultValue("2500") int maxListed) {

		PresenceOptions toOptions() {
			return new PresenceOptions(this.enabled, this.window, this.countWindow, this.leaveGrace, this.lease,
					this.httpTtl, (int) this.dataSize.toBytes(), this.updatesPerSecond, this.maxListed);
		}

	}

}
