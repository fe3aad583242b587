package dev.realtime.topic;

import dev.realtime.Decision;

/**
 * Says who may subscribe to a topic.
 */
@FunctionalInterface
interface SubscribeRule {

	/**
	 * Called with the subscriber's security context set. May block and may throw.
	 * @param attempt what the subscriber wants
	 * @return whether the subscriber may have it
	 * @throws Exception where there is no answer, which is a denial
	 */
	Decision decide(SubscribeAttempt attempt) throws Exception;

}
