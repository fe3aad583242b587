package dev.realtime.autoconfigure;

import dev.realtime.netty.PortUnavailableException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says that the dedicated port is taken.
 */
final class PortUnavailableFailureAnalyzer extends AbstractFailureAnalyzer<PortUnavailableException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, PortUnavailableException cause) {
		return new FailureAnalysis(cause.getMessage(),
				"Identify and stop the process that's listening on port " + cause.getPort()
						+ ", or set realtime.ws-port to another port; it can not be the one of the web server.",
				cause);
	}

}
