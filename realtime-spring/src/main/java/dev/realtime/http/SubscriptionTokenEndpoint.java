package dev.realtime.http;

import java.io.IOException;
import java.util.Map;

import dev.realtime.Decision;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.json.FilterParser;
import dev.realtime.json.InvalidFilterException;
import dev.realtime.stomp.ControlCode;
import dev.realtime.tenant.Tenants;
import dev.realtime.token.UserTokens;
import dev.realtime.topic.SubscribeAttempt;
import dev.realtime.topic.Topic;
import dev.realtime.topic.Topics;
import jakarta.servlet.http.HttpServletRequest;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.security.core.Authentication;

/**
 * Answers {@code POST /realtime/tokens/subscription}: for each subscription that was
 * asked for a token, or why there is none, in the same order.
 *
 * @since 0.1.0
 */
public final class SubscriptionTokenEndpoint extends UserEndpoint {

	/** A topic, its quotes and names, besides the filter. */
	private static final int ENTRY_OVERHEAD = 512;

	// Decimals keep their digits, so that the filter is the one the client will show.
	private static final JsonMapper MAPPER = JsonMapper.builder()
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.build();

	private final UserTokens tokens;

	private final Topics topics;

	private final FilterParser filters;

	private final int maxSubscriptions;

	private final int maxSize;

	/**
	 * An endpoint that issues these tokens.
	 * @param tokens the tokens
	 * @param topics the declared topics
	 * @param filters reads filters
	 * @param tenants who belongs to which tenant
	 * @param allowAnonymous whether users that are not logged in get tokens too
	 * @param maxSubscriptions the most tokens at a time
	 * @param filterSize the most bytes of a filter
	 */
	public SubscriptionTokenEndpoint(UserTokens tokens, Topics topics, FilterParser filters, Tenants tenants,
			boolean allowAnonymous, int maxSubscriptions, int filterSize) {
		super(HttpMethod.POST, tenants, allowAnonymous, MAPPER);
		this.tokens = tokens;
		this.topics = topics;
		this.filters = filters;
		this.maxSubscriptions = maxSubscriptions;
		this.maxSize = Math.multiplyExact(maxSubscriptions, filterSize + ENTRY_OVERHEAD);
	}

	@Override
	ObjectNode answer(HttpServletRequest request, Authentication user, Tenant tenant)
			throws IOException, RefusedException {
		JsonNode subscriptions = read(request).path("subscriptions");
		if (!subscriptions.isArray()) {
			throw new RefusedException(HttpStatus.BAD_REQUEST,
					"Expected {\"subscriptions\": [{\"topic\": …, \"filter\": …}]}");
		}
		if (subscriptions.size() > this.maxSubscriptions) {
			throw new RefusedException(HttpStatus.BAD_REQUEST,
					"More than " + this.maxSubscriptions + " subscriptions at a time");
		}
		ObjectNode answer = JsonNodeFactory.instance.objectNode();
		ArrayNode answers = answer.putArray("subscriptions");
		subscriptions.forEach((subscription) -> answers.add(answer(subscription, user, tenant)));
		return answer;
	}

	private JsonNode read(HttpServletRequest request) throws IOException, RefusedException {
		if (!isJson(request.getContentType())) {
			throw new RefusedException(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Expected the content type application/json");
		}
		byte[] body = request.getInputStream().readNBytes(this.maxSize + 1);
		if (body.length > this.maxSize) {
			throw new RefusedException(HttpStatus.CONTENT_TOO_LARGE, "More than " + this.maxSize + " bytes");
		}
		try {
			return MAPPER.readTree(body);
		}
		catch (JacksonException ex) {
			throw new RefusedException(HttpStatus.BAD_REQUEST, "Not valid JSON");
		}
	}

	private static boolean isJson(String contentType) {
		try {
			return contentType != null && MediaType.APPLICATION_JSON.isCompatibleWith(MediaType.valueOf(contentType));
		}
		catch (InvalidMediaTypeException ex) {
			return false;
		}
	}

	private ObjectNode answer(JsonNode subscription, Authentication user, Tenant tenant) {
		JsonNode filter = subscription.path("filter");
		ObjectNode answer = JsonNodeFactory.instance.objectNode();
		if (subscription.has("topic")) {
			answer.set("topic", subscription.path("topic"));
		}
		if (!filter.isMissingNode()) {
			answer.set("filter", filter);
		}
		String name = subscription.path("topic").asString("");
		Topic topic = this.topics.find(name);
		Map<String, String> variables = (topic != null) ? topic.match(name) : null;
		if (topic == null || variables == null) {
			return refuse(answer, ControlCode.UNKNOWN_TOPIC, ControlCode.UNKNOWN_TOPIC.detail());
		}
		try {
			TopicFilter chosen = (filter.isMissingNode() || filter.isNull()) ? TopicFilter.none()
					: this.filters.parse(MAPPER.writeValueAsString(filter));
			Decision decision = topic.decide(new SubscribeAttempt(user, tenant, variables, chosen));
			return decision.isAllowed()
					? answer.put("token",
							this.tokens.subscription(user, tenant, topic, name, chosen, decision.validity()).value())
					: refuse(answer, ControlCode.FORBIDDEN, ControlCode.FORBIDDEN.detail());
		}
		catch (InvalidFilterException ex) {
			return refuse(answer, ControlCode.BAD_FILTER, ex.getDetail());
		}
	}

	private static ObjectNode refuse(ObjectNode answer, ControlCode code, String detail) {
		return answer.put("code", code.code()).put("detail", detail);
	}

}
