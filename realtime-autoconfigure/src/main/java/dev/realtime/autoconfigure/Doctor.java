package dev.realtime.autoconfigure;

import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Looks at the start for what works and yet is a mistake, and says what to do about it.
 */
final class Doctor implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(Doctor.class);

	private final List<Supplier<@Nullable String>> checks;

	/**
	 * A doctor that looks at these things.
	 * @param checks each answers an advice, or {@code null} if all is well; what must not
	 * go on throws
	 */
	Doctor(List<Supplier<@Nullable String>> checks) {
		this.checks = List.copyOf(checks);
	}

	@Override
	public void afterSingletonsInstantiated() {
		for (Supplier<@Nullable String> check : this.checks) {
			String advice = check.get();
			if (advice != null) {
				logger.warn(advice);
			}
		}
	}

}
