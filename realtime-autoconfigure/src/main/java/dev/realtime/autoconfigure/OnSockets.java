package dev.realtime.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;

/**
 * Whether clients connect to this node, {@code realtime.role}.
 */
final class OnSockets extends NoneNestedConditions {

	OnSockets() {
		super(ConfigurationPhase.REGISTER_BEAN);
	}

	@ConditionalOnProperty(name = "realtime.role", havingValue = "publisher")
	static class Publisher {

	}

}
