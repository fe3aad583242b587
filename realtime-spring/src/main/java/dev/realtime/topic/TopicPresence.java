package dev.realtime.topic;

import java.util.Map;
import java.util.Optional;

import dev.realtime.Presence;
import dev.realtime.PresenceMember;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.messaging.support.GenericMessage;

/**
 * What a topic says about presence. Immutable.
 *
 * @since 0.1.0
 */
public final class TopicPresence {

	static final TopicPresence NONE = new TopicPresence(Presence.NONE, null, null, null);

	private static final Logger logger = LoggerFactory.getLogger(TopicPresence.class);

	private final Presence mode;

	private final @Nullable MethodRule info;

	private final @Nullable InfoWriter writer;

	private final @Nullable MethodRule visible;

	TopicPresence(Presence mode, @Nullable MethodRule info, @Nullable InfoWriter writer, @Nullable MethodRule visible) {
		this.mode = mode;
		this.info = info;
		this.writer = writer;
		this.visible = visible;
	}

	/**
	 * What subscribers can see.
	 * @return the mode
	 */
	public Presence mode() {
		return this.mode;
	}

	/**
	 * Whether not everybody may see everybody.
	 * @return whether {@link #isVisible} has to be asked
	 */
	public boolean hasVisibility() {
		return this.visible != null;
	}

	/**
	 * What others see of somebody. Called as that user; may block.
	 * @param attempt who subscribes
	 * @return a JSON object, or {@code null} where the topic says nothing or nobody is to
	 * see it
	 * @throws Exception where the method of the topic throws, or answers what is no small
	 * JSON object
	 */
	public @Nullable String info(SubscribeAttempt attempt) throws Exception {
		MethodRule info = this.info;
		InfoWriter writer = this.writer;
		if (info == null || writer == null || this.mode != Presence.MEMBERS) {
			return null;
		}
		Object answer = RunAs.call(attempt.user(), () -> Optional.ofNullable(info.call(new GenericMessage<>(attempt))))
			.orElse(null);
		return (answer != null) ? writer.write(answer) : null;
	}

	/**
	 * Whether somebody may see a member. Called as the viewer; may block.
	 * @param member the member
	 * @param viewer who subscribed
	 * @return {@code false} also when the method throws
	 */
	public boolean isVisible(PresenceMember member, SubscribeAttempt viewer) {
		MethodRule visible = this.visible;
		if (visible == null) {
			return true;
		}
		try {
			return RunAs.call(viewer.user(), () -> Boolean.TRUE
				.equals(visible.call(new GenericMessage<>(viewer, Map.of(MethodRule.MEMBER, member)))));
		}
		catch (Exception ex) {
			logger.warn("A @PresenceVisible method failed, which hides the member", ex);
			return false;
		}
	}

}
