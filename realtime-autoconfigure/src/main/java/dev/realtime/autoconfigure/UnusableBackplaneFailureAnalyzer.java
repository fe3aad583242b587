package dev.realtime.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what is missing for the backplane.
 */
final class UnusableBackplaneFailureAnalyzer extends AbstractFailureAnalyzer<UnusableBackplaneException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnusableBackplaneException cause) {
		return new FailureAnalysis(cause.getMessage(), cause.getAction(), cause);
	}

}
