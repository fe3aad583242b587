package dev.realtime.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.realtime.Presence;
import dev.realtime.PresenceMember;
import dev.realtime.Scope;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.core.ChannelId;
import dev.realtime.presence.PresenceHub;
import dev.realtime.tenant.Tenants;
import dev.realtime.topic.SubscribeAttempt;
import dev.realtime.topic.Topic;
import dev.realtime.topic.Topics;
import jakarta.servlet.http.HttpServletRequest;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.Authentication;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.util.UriUtils;

/**
 * Answers {@code GET /realtime/presence/{topic}?page=0&size=50} for those who may
 * subscribe to the topic.
 *
 * @since 0.1.0
 */
public final class PresenceEndpoint extends UserEndpoint {

	private static final int DEFAULT_SIZE = 50;

	private static final int MAX_SIZE = 1000;

	private static final JsonMapper MAPPER = JsonMapper.shared();

	private final PresenceHub presence;

	private final Topics topics;

	/**
	 * An endpoint that shows who is there.
	 * @param presence who is there
	 * @param topics the declared topics
	 * @param tenants who belongs to which tenant
	 * @param allowAnonymous whether users that are not logged in may ask, too
	 */
	public PresenceEndpoint(PresenceHub presence, Topics topics, Tenants tenants, boolean allowAnonymous) {
		super(HttpMethod.GET, tenants, allowAnonymous, MAPPER);
		this.presence = presence;
		this.topics = topics;
	}

	@Override
	ObjectNode answer(HttpServletRequest request, Authentication user, Tenant tenant) throws RefusedException {
		int page = number(request, "page", 0, 0, Integer.MAX_VALUE);
		int size = number(request, "size", DEFAULT_SIZE, 1, MAX_SIZE);
		String name = UriUtils.decode(
				String.valueOf(request.getAttribute(HandlerMapping.PATH_WITHIN_HANDLER_MAPPING_ATTRIBUTE)),
				StandardCharsets.UTF_8);
		Topic topic = this.topics.find(name);
		Map<String, String> variables = (topic != null) ? topic.match(name) : null;
		if (topic == null || variables == null || topic.presence().mode() == Presence.NONE) {
			throw new RefusedException(HttpStatus.NOT_FOUND, "There is no such topic with presence");
		}
		SubscribeAttempt attempt = new SubscribeAttempt(user, tenant, variables, TopicFilter.none());
		if (!topic.decide(attempt).isAllowed()) {
			throw new RefusedException(HttpStatus.FORBIDDEN, "You may not do this");
		}
		ChannelId room = new ChannelId(tenant.id(), (topic.scope() == Scope.USER) ? user.getName() : null, name);
		return answer(room, topic, attempt, page, size);
	}

	private ObjectNode answer(ChannelId room, Topic topic, SubscribeAttempt attempt, int page, int size) {
		long skip = (long) page * size;
		if (topic.presence().mode() == Presence.MEMBERS && topic.presence().hasVisibility()) {
			List<PresenceMember> visible = visible(room, topic, attempt);
			return json(visible.size(), page, size, visible.stream().skip(skip).limit(size).toList());
		}
		return json(this.presence.presence(room).count(), page, size,
				(topic.presence().mode() == Presence.MEMBERS) ? this.presence.members(room, skip, size) : List.of());
	}

	private List<PresenceMember> visible(ChannelId room, Topic topic, SubscribeAttempt attempt) {
		return this.presence.presence(room)
			.members()
			.stream()
			.filter((member) -> member.id().equals(attempt.user().getName())
					|| topic.presence().isVisible(member, attempt))
			.toList();
	}

	private static ObjectNode json(int count, int page, int size, List<PresenceMember> members) {
		ObjectNode answer = JsonNodeFactory.instance.objectNode()
			.put("count", count)
			.put("page", page)
			.put("size", size);
		ArrayNode list = answer.putArray("members");
		members.forEach((member) -> list.add(json(member)));
		return answer;
	}

	private static ObjectNode json(PresenceMember member) {
		ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", member.id());
		json.set("info", MAPPER.valueToTree(member.info()));
		json.put("sessions", member.sessions()).put("status", member.status().name().toLowerCase(Locale.ROOT));
		if (member.data() != null) {
			json.set("data", MAPPER.valueToTree(member.data()));
		}
		return json.put("since", member.since().toEpochMilli());
	}

	private static int number(HttpServletRequest request, String name, int standard, int least, int most)
			throws RefusedException {
		String value = request.getParameter(name);
		try {
			int number = (value != null) ? Integer.parseInt(value) : standard;
			if (number >= least && number <= most) {
				return number;
			}
		}
		catch (NumberFormatException ex) {
			// Told below.
		}
		throw new RefusedException(HttpStatus.BAD_REQUEST,
				"The parameter '" + name + "' is a number from " + least + " to " + most);
	}

}
