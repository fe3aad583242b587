package dev.realtime.autoconfigure;

import dev.realtime.redis.UnsuitableRedisException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says why a Redis server can not be the backplane, and what to do about it.
 */
final class UnsuitableRedisFailureAnalyzer extends AbstractFailureAnalyzer<UnsuitableRedisException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnsuitableRedisException cause) {
		return new FailureAnalysis(cause.getMessage(), cause.getAction(), cause);
	}

}
