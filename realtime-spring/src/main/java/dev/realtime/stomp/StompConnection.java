package dev.realtime.stomp;

import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import dev.realtime.Tenant;
import dev.realtime.access.AccessControl;
import dev.realtime.access.GuardedClient;
import dev.realtime.access.GuardedConnection;
import dev.realtime.access.Member;
import dev.realtime.core.CloseReason;
import dev.realtime.core.Connection;
import dev.realtime.core.Subscription;
import dev.realtime.limit.ConnectionLimits;
import dev.realtime.serverside.ServerSideConnection;
import dev.realtime.serverside.ServerSubscription;
import dev.realtime.token.SessionReference;
import org.jspecify.annotations.Nullable;

import org.springframework.messaging.Message;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.security.core.Authentication;
import org.springframework.util.Assert;
import org.springframework.web.socket.WebSocketMessage;

/**
 * One client at our endpoint: who it is, and how far it got in the protocol. Found
 * through the session attributes that Spring puts into every message of the client.
 * Thread-safe.
 */
final class StompConnection implements GuardedClient {

	private static final String ATTRIBUTE = StompConnection.class.getName();

	private final Connection<?> connection;

	private final Consumer<WebSocketMessage<?>> writer;

	private final Heartbeat heartbeat;

	private final StompFrames frames;

	private final AccessControl access;

	private final @Nullable String session;

	private final long opened;

	private final ConnectionLimits limits;

	private final ConnectionCalls calls;

	private final AtomicInteger refusedSends = new AtomicInteger();

	private volatile State state = State.NEW;

	private volatile @Nullable Principal user;

	private volatile @Nullable GuardedConnection guard;

	private volatile @Nullable ServerSideConnection serverSide;

	/**
	 * A client that has not said CONNECT yet.
	 * @param connection the engine's side
	 * @param writer sends a message through the connection's lane
	 * @param heartbeat what the connection has to do with time
	 * @param frames writes frames
	 * @param access watches over rights
	 * @param limits what the connection may do
	 * @param session the hashed id of the HTTP session of the handshake, if there was one
	 * @param handshakeUser the user of the WebSocket handshake
	 */
	StompConnection(Connection<?> connection, Consumer<WebSocketMessage<?>> writer, Heartbeat heartbeat,
			StompFrames frames, AccessControl access, ConnectionLimits limits, @Nullable String session,
			@Nullable Principal handshakeUser) {
		this.connection = connection;
		this.writer = writer;
		this.heartbeat = heartbeat;
		this.frames = frames;
		this.access = access;
		this.session = session;
		this.opened = access.now();
		this.limits = limits;
		this.calls = new ConnectionCalls(frames, writer);
		this.user = handshakeUser;
	}

	static @Nullable StompConnection of(Message<?> message) {
		Map<String, Object> attributes = SimpMessageHeaderAccessor.getSessionAttributes(message.getHeaders());
		return (attributes != null) ? find(attributes) : null;
	}

	static StompConnection of(Map<String, Object> sessionAttributes) {
		StompConnection connection = find(sessionAttributes);
		Assert.state(connection != null, "Not a session of the realtime endpoint");
		return connection;
	}

	static boolean isBound(Map<String, Object> sessionAttributes) {
		return find(sessionAttributes) != null;
	}

	private static @Nullable StompConnection find(Map<String, Object> sessionAttributes) {
		return (StompConnection) sessionAttributes.get(ATTRIBUTE);
	}

	void bind(Map<String, Object> sessionAttributes) {
		sessionAttributes.put(ATTRIBUTE, this);
	}

	String id() {
		return this.connection.id();
	}

	Connection<?> connection() {
		return this.connection;
	}

	Heartbeat heartbeat() {
		return this.heartbeat;
	}

	ConnectionLimits limits() {
		return this.limits;
	}

	ConnectionCalls calls() {
		return this.calls;
	}

	/**
	 * The hashed id of the HTTP session of the handshake, if there was one.
	 */
	@Nullable String session() {
		return this.session;
	}

	/**
	 * Who sends: the user of the handshake, until CONNECT brings another.
	 */
	@Nullable Principal user() {
		return this.user;
	}

	void setUser(@Nullable Principal user) {
		if (user != null) {
			this.user = user;
		}
	}

	/**
	 * Who connected, once CONNECT succeeded.
	 */
	Identity identity() {
		// Not as of CONNECT: a fresh token, or another id of the session, may have come.
		Member member = guard().member();
		return new Identity(member.user(), member.tenant(), member.session(), member.expiresAt());
	}

	/**
	 * Marks the connection as connected.
	 * @return {@code false} if it has ended meanwhile
	 */
	synchronized boolean connected(Identity identity) {
		if (this.state == State.ENDED) {
			return false;
		}
		this.user = identity.user();
		this.state = State.CONNECTED;
		this.guard = this.access.guard(this.connection, this, identity.member(), this.opened);
		return this.state == State.CONNECTED;
	}

	/**
	 * The rights of the connection, once CONNECT succeeded.
	 */
	GuardedConnection guard() {
		GuardedConnection guard = this.guard;
		Assert.state(guard != null, "CONNECT did not succeed yet");
		return guard;
	}

	/**
	 * What the server subscribes the connection to, once CONNECT succeeded.
	 */
	ServerSideConnection serverSide() {
		ServerSideConnection serverSide = this.serverSide;
		Assert.state(serverSide != null, "CONNECT did not succeed yet");
		return serverSide;
	}

	void setServerSide(ServerSideConnection serverSide) {
		this.serverSide = serverSide;
	}

	/**
	 * Takes a fresh authentication of the same user.
	 */
	void refresh(Identity fresh) {
		this.user = fresh.user();
		guard().refresh(fresh.member());
	}

	@Override
	public void withdrawn(Subscription<?> subscription, boolean live, Withdrawal reason) {
		if (!live && ServerSubscription.isServerSide(subscription.id())) {
			// The client does not know of it.
			return;
		}
		ControlCode code = switch (reason) {
			case REVOKED -> ControlCode.ACCESS_REVOKED;
			case PROOF_NEEDED -> ControlCode.TOKEN_REQUIRED;
			case TIMED_OUT -> ControlCode.UNAVAILABLE;
		};
		send(this.frames.withdrawn(subscription, live, code));
	}

	/**
	 * The transport has let go of the connection. A second call does nothing.
	 */
	void disconnected() {
		markEnded();
		GuardedConnection guard = this.guard;
		if (guard != null) {
			guard.ended();
		}
		ServerSideConnection serverSide = this.serverSide;
		if (serverSide != null) {
			serverSide.end();
		}
	}

	boolean isConnected() {
		return this.state == State.CONNECTED;
	}

	/**
	 * Whether no frame may have an effect any more.
	 */
	boolean isEnded() {
		return this.state == State.ENDED;
	}

	void send(WebSocketMessage<?> frame) {
		this.writer.accept(frame);
	}

	/**
	 * Ends the connection: no frame has an effect any more, also none that came in the
	 * same WebSocket message.
	 */
	@Override
	public void end(CloseReason reason) {
		markEnded();
		this.connection.close(reason);
	}

	private synchronized void markEnded() {
		this.state = State.ENDED;
	}

	/**
	 * Ends the connection with an ERROR frame.
	 */
	void fail(CloseReason reason, String message) {
		if (this.state != State.ENDED) {
			send(this.frames.error(message));
			end(reason);
		}
	}

	/**
	 * Ends the connection with an ERROR frame, and says when to come back.
	 */
	void fail(CloseReason reason, String message, Duration reconnectAfter) {
		if (this.state != State.ENDED) {
			send(this.frames.error(message));
			markEnded();
			this.connection.close(reason, reason.text(reconnectAfter));
		}
	}

	int countRefusedSend() {
		return this.refusedSends.incrementAndGet();
	}

	@Override
	public String toString() {
		return this.connection.toString();
	}

	private enum State {

		NEW, CONNECTED, ENDED

	}

	/**
	 * Who connected.
	 *
	 * @param user the authenticated user, or an anonymous one
	 * @param tenant the user's tenant
	 * @param session the {@link SessionReference} of the HTTP session that the handshake
	 * or the token belongs to, if there is one
	 * @param expiresAt when the authentication ends, if it does
	 */
	record Identity(Authentication user, Tenant tenant, @Nullable String session, @Nullable Instant expiresAt) {

		Member member() {
			return new Member(this.user, this.tenant, this.session, this.expiresAt);
		}

	}

}
