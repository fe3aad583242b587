package dev.realtime.autoconfigure;

import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.messaging.Message;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.annotation.support.SimpAnnotationMethodMessageHandler;
import org.springframework.messaging.simp.broker.AbstractBrokerMessageHandler;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.core.authority.AuthorityUtils;

/**
 * Parts of the application that want what clients send to {@code /realtime/**}. They get
 * nothing of it, and should not expect to.
 */
final class SendExposureCheck implements Supplier<@Nullable String> {

	private static final String OURS = "/realtime/";

	private final Supplier<List<AbstractBrokerMessageHandler>> brokers;

	private final Supplier<List<SimpAnnotationMethodMessageHandler>> mappings;

	private final Supplier<List<AuthorizationManager<Message<?>>>> rules;

	SendExposureCheck(Supplier<List<AbstractBrokerMessageHandler>> brokers,
			Supplier<List<SimpAnnotationMethodMessageHandler>> mappings,
			Supplier<List<AuthorizationManager<Message<?>>>> rules) {
		this.brokers = brokers;
		this.mappings = mappings;
		this.rules = rules;
	}

	@Override
	public @Nullable String get() {
		if (Stream
			.concat(this.brokers.get().stream().map(AbstractBrokerMessageHandler::getDestinationPrefixes),
					this.mappings.get().stream().map(SimpAnnotationMethodMessageHandler::getDestinationPrefixes))
			.flatMap(Collection::stream)
			.anyMatch((prefix) -> OURS.startsWith(prefix) || prefix.startsWith(OURS))) {
			return "The application's message broker configuration has a destination prefix that covers /realtime/**, "
					+ "which is for topics: neither its broker nor its @MessageMapping methods get anything of it. "
					+ "Choose another prefix.";
		}
		return this.rules.get().stream().anyMatch(SendExposureCheck::isOpen)
				? "The application's message security lets everybody SEND to /realtime/**, also without a login. "
						+ "What no @CanPublish method permits is refused, but this is one lock less: ask for a login "
						+ "with messages.simpMessageDestMatchers(\"/realtime/**\").authenticated(), or, where clients "
						+ "send nothing to topics, let only /realtime/@auth through and deny the rest."
				: null;
	}

	private static boolean isOpen(AuthorizationManager<Message<?>> rule) {
		SimpMessageHeaderAccessor headers = SimpMessageHeaderAccessor.create(SimpMessageType.MESSAGE);
		headers.setDestination(OURS + "any.topic");
		AnonymousAuthenticationToken anonymous = new AnonymousAuthenticationToken("realtime", "anonymousUser",
				AuthorityUtils.createAuthorityList("ROLE_ANONYMOUS"));
		try {
			AuthorizationResult result = rule.authorize(() -> anonymous,
					MessageBuilder.createMessage(new byte[0], headers.getMessageHeaders()));
			return result != null && result.isGranted();
		}
		catch (RuntimeException ex) {
			// A rule of the application that expects a real message.
			return false;
		}
	}

}
