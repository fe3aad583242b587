package dev.realtime.stomp;

import org.jspecify.annotations.Nullable;

/**
 * Which destinations other than topics clients may use at our endpoint.
 *
 * @since 0.1.0
 */
public enum DestinationPolicy {

	/**
	 * The application configured a message broker of its own and says so there, and in
	 * its Spring Security rules.
	 */
	APPLICATION {

		@Override
		boolean mayBeSubscribed(@Nullable String destination) {
			return true;
		}

		@Override
		boolean mayBeSentTo(@Nullable String destination) {
			return true;
		}

	},

	/**
	 * The application configured nothing: clients send to its {@code @MessageMapping}
	 * methods and subscribe to what these answer to them. A plain broker would let any
	 * client publish to all tenants.
	 */
	MESSAGE_MAPPINGS_ONLY {

		@Override
		boolean mayBeSubscribed(@Nullable String destination) {
			return startsWith(destination, "/user/queue/") || startsWith(destination, "/app/");
		}

		@Override
		boolean mayBeSentTo(@Nullable String destination) {
			return startsWith(destination, "/app/");
		}

	};

	abstract boolean mayBeSubscribed(@Nullable String destination);

	abstract boolean mayBeSentTo(@Nullable String destination);

	private static boolean startsWith(@Nullable String destination, String prefix) {
		return destination != null && destination.startsWith(prefix);
	}

}
