package dev.realtime.topic;

import java.util.Map;

import dev.realtime.Tenant;
import dev.realtime.TopicFilter;

import org.springframework.security.core.Authentication;

/**
 * Somebody wants to subscribe: what a rule decides about.
 *
 * @param user who
 * @param tenant the user's tenant
 * @param variables the variables of the topic's name
 * @param filter the choice of messages
 * @since 0.1.0
 */
public record SubscribeAttempt(Authentication user, Tenant tenant, Map<String, String> variables, TopicFilter filter) {

}
