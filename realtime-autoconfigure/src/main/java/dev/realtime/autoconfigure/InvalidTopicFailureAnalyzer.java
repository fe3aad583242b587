package dev.realtime.autoconfigure;

import dev.realtime.topic.InvalidTopicException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says which topic can not work, and what to write instead.
 */
final class InvalidTopicFailureAnalyzer extends AbstractFailureAnalyzer<InvalidTopicException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidTopicException cause) {
		return new FailureAnalysis(cause.getMessage(), cause.getAction(), cause);
	}

}
