package dev.realtime.stomp;

import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.realtime.Tenant;
import dev.realtime.core.CloseReason;
import dev.realtime.limit.Refusal;
import dev.realtime.serverside.ServerSideConnection;
import dev.realtime.stomp.StompConnection.Identity;
import dev.realtime.tenant.Tenants;
import dev.realtime.token.AuthenticationExpiry;
import dev.realtime.token.ConnectionTokens;
import dev.realtime.token.ConnectionUser;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;

/**
 * Handles CONNECT: version, user, tenant, heart-beats.
 */
final class ConnectHandler {

	private static final Logger logger = LoggerFactory.getLogger(ConnectHandler.class);

	private static final List<String> VERSIONS = List.of("1.2", "1.1", "1.0");

	/** Where a client says that it wants to be told positions. */
	private static final String POSITIONS = "positions";

	/** Between two of them, where there are no heart-beats to go with. */
	private static final Duration POSITIONS_INTERVAL = Duration.ofSeconds(10);

	private static final String REFUSED = "Authentication failed";

	private final AuthenticationTrustResolver trust = new AuthenticationTrustResolverImpl();

	private final @Nullable ConnectAuthenticator authenticator;

	private final ConnectionTokens tokens;

	private final Tenants tenants;

	private final StompEndpointOptions options;

	private final StompFrames frames;

	private final PresenceBroker presence;

	private final ServerSides serverSides;

	ConnectHandler(@Nullable ConnectAuthenticator authenticator, ConnectionTokens tokens, Tenants tenants,
			StompEndpointOptions options, StompFrames frames, PresenceBroker presence, ServerSides serverSides) {
		this.authenticator = authenticator;
		this.tokens = tokens;
		this.tenants = tenants;
		this.options = options;
		this.frames = frames;
		this.presence = presence;
		this.serverSides = serverSides;
	}

	/**
	 * Connects, or ends the connection.
	 * @return whether it is connected
	 */
	boolean connect(StompConnection connection, StompHeaderAccessor connect) {
		if (version(connect) == null) {
			connection.fail(CloseReason.PROTOCOL_ERROR, "Supported STOMP versions are 1.2, 1.1 and 1.0");
			return false;
		}
		if (StompServerSide.positions(connect) == null) {
			connection.fail(CloseReason.PROTOCOL_ERROR,
					"The header 'server-subscriptions' is not a JSON object of positions by id");
			return false;
		}
		Identity identity = identify(connection, connect, this::authenticate);
		if (identity == null) {
			connection.fail(CloseReason.UNAUTHORIZED, REFUSED);
			return false;
		}
		if (!hasPlace(connection, identity)) {
			return false;
		}
		connect.setUser(identity.user());
		boolean connected = connection.connected(identity);
		if (connected) {
			this.presence.connected(connection, identity);
		}
		return connected;
	}

	private boolean hasPlace(StompConnection connection, Identity identity) {
		String tenant = identity.tenant().id();
		// Anonymous users all have one name.
		String user = this.trust.isAnonymous(identity.user()) ? null : identity.user().getName();
		Refusal refusal = connection.limits().connected(tenant, user);
		if (refusal != null) {
			connection.fail(CloseReason.TOO_MANY_CONNECTIONS, "Too many connections", refusal.retryAfter());
			return false;
		}
		connection.connection().setUser(user);
		connection.connection().limitSubscriptions(connection.limits().subscriptions(tenant, user));
		return true;
	}

	/**
	 * Tells the client that it is connected.
	 */
	void answer(StompConnection connection, StompHeaderAccessor connect, long[] clientHeartbeat) {
		long heartbeat = this.options.heartbeat().toMillis();
		connection.connection()
			.lane()
			.execute(() -> connection.heartbeat()
				.connected(System.nanoTime(), heartbeat, clientHeartbeat[0], clientHeartbeat[1]));
		if (Boolean.parseBoolean(connect.getFirstNativeHeader(POSITIONS))) {
			connection.connection().tellPositions((heartbeat > 0) ? this.options.heartbeat() : POSITIONS_INTERVAL);
		}
		ServerSideConnection serverSide = this.serverSides.add(connection, connect);
		connection.send(this.frames.connected(String.valueOf(version(connect)), connection.id(), heartbeat,
				connection.identity().user().getName(), connection.guard().lifetime()));
		serverSide.begin();
	}

	/**
	 * Takes a fresh token of the user who is connected. If it is somebody else's, the
	 * connection ends.
	 * @return {@code false} if there is no token or it is no good, or says less than the
	 * one before
	 */
	boolean refresh(StompConnection connection, StompHeaderAccessor send) {
		Identity fresh = identify(connection, send, this::authenticateByToken);
		if (fresh == null || isWithoutAuthorities(fresh) && !isWithoutAuthorities(connection.identity())) {
			// A rule is never asked about a user without authorities.
			return false;
		}
		if (!fresh.member().isSameUser(connection.identity().member())) {
			logger.debug("{}: a fresh token is of another user or tenant", connection);
			connection.fail(CloseReason.UNAUTHORIZED, REFUSED);
			return true;
		}
		connection.refresh(fresh);
		if (send.getReceipt() != null) {
			connection.send(this.frames.refreshed(send.getReceipt(), connection.guard().lifetime()));
		}
		return true;
	}

	private static boolean isWithoutAuthorities(Identity identity) {
		return identity.user().getPrincipal() instanceof ConnectionUser;
	}

	private static @Nullable String version(StompHeaderAccessor connect) {
		List<String> accepted = acceptedVersions(connect);
		return VERSIONS.stream().filter(accepted::contains).findFirst().orElse(null);
	}

	private static Stream<String> versions(@Nullable String header) {
		// STOMP 1.2, "Protocol Negotiation": without accept-version it is 1.0.
		return Stream.of(((header != null) ? header : "1.0").split(",")).map(String::trim);
	}

	private static List<String> acceptedVersions(StompHeaderAccessor connect) {
		return versions(connect.getFirstNativeHeader(StompHeaderAccessor.STOMP_ACCEPT_VERSION_HEADER)).toList();
	}

	private @Nullable Identity identify(StompConnection connection, StompHeaderAccessor frame,
			Function<StompHeaderAccessor, @Nullable Authentication> authentication) {
		try {
			Authentication user = authentication.apply(frame);
			Tenant tenant = (user != null) ? tenant(user) : null;
			if (user == null || tenant == null) {
				logger.debug("Refused a connection {}", (user != null) ? "without a tenant" : "without a user");
				return null;
			}
			return new Identity(user, tenant, session(user, connection), AuthenticationExpiry.of(user));
		}
		catch (AuthenticationException ex) {
			logger.debug("Refused a connection: {}", LogText.of(Credentials.mask(ex.getMessage(), frame)));
			return null;
		}
		catch (RuntimeException ex) {
			logger.warn("Refused {}, since its user or tenant could not be told", connection, ex);
			return null;
		}
	}

	private @Nullable Authentication authenticate(StompHeaderAccessor connect) {
		Principal principal = connect.getUser();
		if (principal instanceof Authentication user) {
			if (this.trust.isAuthenticated(user)) {
				return user;
			}
		}
		else if (principal != null) {
			return new PreAuthenticatedAuthenticationToken(principal, "", AuthorityUtils.NO_AUTHORITIES);
		}
		Authentication user = authenticateByToken(connect);
		if (user != null) {
			return user;
		}
		return this.options.allowAnonymous() ? new AnonymousAuthenticationToken("realtime", "anonymousUser",
				AuthorityUtils.createAuthorityList("ROLE_ANONYMOUS")) : null;
	}

	private @Nullable Authentication authenticateByToken(StompHeaderAccessor frame) {
		String token = Credentials.ofConnect(frame);
		if (token != null && this.tokens.isOurs(token)) {
			return this.tokens.authenticate(token);
		}
		return (token != null && this.authenticator != null) ? this.authenticator.authenticate(token) : null;
	}

	private @Nullable Tenant tenant(Authentication user) {
		return (user.getPrincipal() instanceof ConnectionUser connection) ? connection.tenant() : this.tenants.of(user);
	}

	private static @Nullable String session(Authentication user, StompConnection connection) {
		return (user.getPrincipal() instanceof ConnectionUser known) ? known.session() : connection.session();
	}

}
