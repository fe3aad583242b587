package dev.realtime.topic;

import java.util.List;
import java.util.Map;

import dev.realtime.ClientEvent;
import dev.realtime.Decision;
import dev.realtime.Replay;
import dev.realtime.Scope;
import dev.realtime.Tenant;
import dev.realtime.core.ChannelId;
import dev.realtime.core.HistoryOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.convert.ConversionException;

/**
 * A declared topic. Immutable.
 *
 * @since 0.1.0
 */
public final class Topic {

	private static final Logger logger = LoggerFactory.getLogger(Topic.class);

	private final TopicName name;

	private final Class<?> type;

	private final ChannelSettings settings;

	private final SubscribeRule rule;

	private final TopicPresence presence;

	private final @Nullable ClientEvents clientEvents;

	Topic(TopicName name, Class<?> type, ChannelSettings settings, SubscribeRule rule, TopicPresence presence,
			@Nullable ClientEvents clientEvents) {
		this.name = name;
		this.type = type;
		this.settings = settings;
		this.rule = rule;
		this.presence = presence;
		this.clientEvents = clientEvents;
	}

	/**
	 * Asks the rule, as the subscriber.
	 * @param attempt what the subscriber wants
	 * @return {@code false} also when the rule throws
	 */
	public boolean permits(SubscribeAttempt attempt) {
		return decide(attempt).isAllowed();
	}

	/**
	 * Asks the rule, as the subscriber, also for how long its answer holds.
	 * @param attempt what the subscriber wants
	 * @return a denial also when the rule throws
	 */
	public Decision decide(SubscribeAttempt attempt) {
		try {
			return RunAs.call(attempt.user(), () -> this.rule.decide(attempt));
		}
		catch (ConversionException ex) {
			logUnsuitable(ex);
			return Decision.deny();
		}
		catch (Exception ex) {
			logger.warn("The rule of topic '{}' ({}) failed, which denies the subscription", this.name,
					this.type.getName(), ex);
			return Decision.deny();
		}
	}

	/**
	 * Asks who may send events, as the sender.
	 * @param attempt who wants to send to which channel
	 * @return a denial also when nobody may, and when the rule throws
	 */
	public Decision decideOnPublishing(SubscribeAttempt attempt) {
		ClientEvents events = this.clientEvents;
		if (events == null) {
			return Decision.deny();
		}
		try {
			return RunAs.call(attempt.user(), () -> events.decide(attempt));
		}
		catch (ConversionException ex) {
			logUnsuitable(ex);
			return Decision.deny();
		}
		catch (Exception ex) {
			logger.warn("The @CanPublish rule of topic '{}' ({}) failed, which refuses the event", this.name,
					this.type.getName(), ex);
			return Decision.deny();
		}
	}

	/**
	 * Clients may write anything into a name, so that this is no reason to worry.
	 */
	private void logUnsuitable(ConversionException ex) {
		logger.debug("A variable of topic '{}' ({}) is not of the type that its method wants", this.name,
				this.type.getName(), ex);
	}

	/**
	 * Has the application look at an event of a client, as the sender.
	 * @param attempt who sends to which channel
	 * @param event the event
	 * @param body what is in it, as JSON
	 * @return what becomes of it
	 * @throws Exception what the method of the application throws
	 */
	public ClientEvents.Result handle(SubscribeAttempt attempt, ClientEvent event, byte[] body) throws Exception {
		ClientEvents events = this.clientEvents;
		return (events != null) ? RunAs.call(attempt.user(), () -> events.handle(attempt, event, body))
				: ClientEvents.Result.SWALLOWED;
	}

	/**
	 * What clients may send.
	 * @return the rule and the methods, or {@code null} if nobody may send anything
	 */
	public @Nullable ClientEvents clientEvents() {
		return this.clientEvents;
	}

	/**
	 * The channel of a tenant and user.
	 * @param name the name of the topic with its variables filled in
	 * @param tenant the tenant, or {@code null} if the scope is {@link Scope#GLOBAL}
	 * @param user the user, or {@code null} if the scope is not {@link Scope#USER}
	 * @return the identity of the channel
	 */
	public ChannelId channel(String name, @Nullable Tenant tenant, @Nullable String user) {
		return this.settings.channel(name, tenant, user);
	}

	/**
	 * The name as declared.
	 * @return the name with its variables
	 */
	public TopicName name() {
		return this.name;
	}

	/**
	 * The annotated class.
	 * @return the topic class or the payload type
	 */
	public Class<?> type() {
		return this.type;
	}

	/**
	 * What the topic says about its channels.
	 * @return the settings
	 */
	public ChannelSettings settings() {
		return this.settings;
	}

	/**
	 * What the topic says about presence.
	 * @return the mode and the methods of the topic
	 */
	public TopicPresence presence() {
		return this.presence;
	}

	/**
	 * The attributes that identify what a message is about.
	 * @return their names, empty if there are none
	 */
	public List<String> key() {
		return this.settings.key();
	}

	/**
	 * How much of its past a channel keeps.
	 * @return the bounds
	 */
	public HistoryOptions history() {
		return this.settings.history();
	}

	/**
	 * Who shares a channel.
	 * @return the scope
	 */
	public Scope scope() {
		return this.settings.scope();
	}

	/**
	 * What a new subscription gets of the past.
	 * @return the default of the topic
	 */
	public Replay replay() {
		return this.settings.replay();
	}

	/**
	 * The attributes by which only the newest message is kept for a client that does not
	 * read fast enough.
	 * @return their names, or {@code null} if such a client is disconnected
	 */
	public @Nullable List<String> conflateBy() {
		return this.settings.conflateBy();
	}

	/**
	 * Fills the variables of the name in.
	 * @param values a value for each variable, in order
	 * @return the name of a channel
	 * @throws IllegalArgumentException if a value is missing or can not be part of a name
	 */
	public String render(List<? extends @Nullable Object> values) {
		return this.name.render(values);
	}

	/**
	 * Reads a name with the variables filled in.
	 * @param name such as {@code document.42}
	 * @return the values by variable, or {@code null} if it is no name of this topic
	 */
	public @Nullable Map<String, String> match(String name) {
		return this.name.match(name);
	}

	@Override
	public String toString() {
		return this.name + " (" + this.type.getName() + ")";
	}

}
