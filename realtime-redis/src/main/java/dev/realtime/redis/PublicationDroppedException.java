package dev.realtime.redis;

/**
 * A publication was dropped because Redis was away and too many others waited too.
 *
 * @since 0.1.0
 */
public final class PublicationDroppedException extends RuntimeException {

	PublicationDroppedException(String message) {
		super(message);
	}

}
