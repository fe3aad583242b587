package dev.realtime.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;

/**
 * Whether this node has topics, {@code realtime.role}: a relay has none.
 */
final class OnApplication extends NoneNestedConditions {

	OnApplication() {
		super(ConfigurationPhase.REGISTER_BEAN);
	}

	@ConditionalOnProperty(name = "realtime.role", havingValue = "relay")
	static class Relay {

	}

}
