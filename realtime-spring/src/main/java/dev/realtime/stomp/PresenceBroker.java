package dev.realtime.stomp;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Predicate;

import dev.realtime.Presence;
import dev.realtime.PresenceMember;
import dev.realtime.PresenceStatus;
import dev.realtime.Tenant;
import dev.realtime.core.ChannelId;
import dev.realtime.core.Subscription;
import dev.realtime.core.SubscriptionObserver;
import dev.realtime.presence.Participation;
import dev.realtime.presence.PresenceHub;
import dev.realtime.presence.PresenceState;
import dev.realtime.presence.PresenceSubscription;
import dev.realtime.stomp.StompConnection.Identity;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;

/**
 * What clients ask for about presence.
 */
final class PresenceBroker {

	/** The event of a SEND that says something about the sender. */
	static final String EVENT = "@presence";

	private static final String HEADER = "presence";

	/** What every reader of JSON takes, also as part of something else. */
	private static final int MAX_DEPTH = 100;

	private static final JsonMapper MAPPER = JsonMapper
		.builder(JsonFactory.builder()
			.streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
			.build())
		.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.build();

	private final AuthenticationTrustResolver trust = new AuthenticationTrustResolverImpl();

	private final PresenceHub hub;

	PresenceBroker(PresenceHub hub) {
		this.hub = hub;
	}

	/**
	 * A user has connected.
	 */
	void connected(StompConnection connection, Identity identity) {
		if (!this.trust.isAnonymous(identity.user())) {
			this.hub.connected(connection.connection(), identity.tenant(), identity.user().getName());
		}
	}

	/**
	 * What a SUBSCRIBE wants besides publications.
	 */
	Wish wish(StompHeaderAccessor frame, SubscribeRight right) throws DeniedException {
		String header = frame.getFirstNativeHeader(HEADER);
		if (header == null) {
			return new Wish(right, null);
		}
		if (right.presence().mode() == Presence.NONE) {
			throw new DeniedException(ControlCode.BAD_REQUEST, "This topic has no presence");
		}
		if (!this.hub.options().enabled()) {
			// A token of a node where it is on.
			throw new DeniedException(ControlCode.BAD_REQUEST, "Presence is switched off on this node");
		}
		Kind kind = switch (header) {
			case "join" -> Kind.JOIN;
			case "watch" -> Kind.WATCH;
			case "count" -> Kind.COUNT;
			default -> throw new DeniedException(ControlCode.BAD_REQUEST,
					"The header 'presence' is neither 'join' nor 'watch' nor 'count'");
		};
		return new Wish(right, kind);
	}

	/**
	 * A room is of one tenant, also where tenants share the channel.
	 */
	private static ChannelId room(ChannelId channel, Tenant tenant) {
		return new ChannelId(tenant.id(), channel.user(), channel.name());
	}

	/**
	 * The id of a member: users have their name, anonymous connections one of their own.
	 */
	private String memberId(StompConnection connection, Identity identity) {
		return this.trust.isAnonymous(identity.user()) ? "@" + connection.connection().publicId()
				: identity.user().getName();
	}

	/**
	 * Takes what a member says about itself.
	 * @param answer gets the refusal, or {@code null} once it is accepted
	 */
	void say(StompConnection connection, String name, byte[] body, Consumer<@Nullable ControlCode> answer) {
		PresenceState state = parse(body);
		if (state == null) {
			answer.accept(ControlCode.BAD_REQUEST);
			return;
		}
		Tenant tenant = connection.identity().tenant();
		for (Subscription<?> subscription : connection.connection().subscriptions()) {
			if (subscription.channel().name().equals(name)) {
				this.hub.say(connection.id(), room(subscription.channel(), tenant), state)
					.thenAccept((joined) -> answer.accept(joined ? null : ControlCode.FORBIDDEN));
				return;
			}
		}
		answer.accept(ControlCode.FORBIDDEN);
	}

	private @Nullable PresenceState parse(byte[] body) {
		try {
			JsonNode json = MAPPER.readTree(body);
			JsonNode status = json.path("status");
			JsonNode data = json.path("data");
			boolean unknown = !status.isMissingNode() && status(status) == null;
			if (!json.isObject() || unknown) {
				return null;
			}
			byte[] text = (data.isMissingNode() || data.isNull()) ? null
					: data.toString().getBytes(StandardCharsets.UTF_8);
			if (text != null && text.length > this.hub.options().dataSize()) {
				return null;
			}
			// Not the text itself: bytes have no half surrogate pairs, which could not be
			// sent.
			return new PresenceState(status(status), !data.isMissingNode(),
					(text != null) ? new String(text, StandardCharsets.UTF_8) : null);
		}
		catch (JacksonException | NumberFormatException ex) {
			return null;
		}
	}

	private static @Nullable PresenceStatus status(JsonNode json) {
		for (PresenceStatus status : PresenceStatus.values()) {
			if (json.isString() && status.name().toLowerCase(Locale.ROOT).equals(json.asString())) {
				return status;
			}
		}
		return null;
	}

	private enum Kind {

		JOIN, WATCH, COUNT

	}

	/**
	 * What one SUBSCRIBE wants.
	 */
	final class Wish {

		private final SubscribeRight right;

		private final @Nullable PresenceRight presence;

		private final @Nullable Kind kind;

		Wish(SubscribeRight right, @Nullable Kind kind) {
			this.right = right;
			this.presence = (kind != null) ? new PresenceRight(right, right.presence(), kind == Kind.JOIN) : null;
			this.kind = kind;
		}

		/**
		 * What it needs.
		 */
		SubscribeRight right() {
			return (this.presence != null) ? this.presence : this.right;
		}

		/**
		 * What has to hear of the subscription, once the right was granted.
		 * @return {@code null} if nothing has to
		 */
		@Nullable SubscriptionObserver observer(StompConnection connection, ChannelId channel) {
			if (this.presence == null) {
				return null;
			}
			Identity identity = connection.identity();
			String member = memberId(connection, identity);
			PresenceTerms terms = this.presence.presence();
			boolean countOnly = this.kind == Kind.COUNT || terms.mode() == Presence.COUNT || terms.isUndecidable();
			PresenceSubscription subscription = PresenceBroker.this.hub.observer(new Participation(connection.id(),
					room(channel, identity.tenant()), member, this.kind == Kind.JOIN, countOnly, this.presence.info(),
					(!countOnly && terms.isRestricted()) ? visibility(terms, connection, member) : null));
			this.presence.setSubscription(subscription);
			return subscription;
		}

		private static Predicate<PresenceMember> visibility(PresenceTerms terms, StompConnection connection,
				String self) {
			return (member) -> {
				// A fresh token may have come.
				Identity viewer = connection.identity();
				return member.id().equals(self) || terms.isVisible(member, viewer.user(), viewer.tenant());
			};
		}

	}

}
