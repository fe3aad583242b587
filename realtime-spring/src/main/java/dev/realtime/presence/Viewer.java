package dev.realtime.presence;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

import dev.realtime.PresenceMember;
import dev.realtime.core.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * A subscription that hears of a room.
 */
final class Viewer {

	final Subscription<?> subscription;

	final boolean countOnly;

	/** Whom it may see, if not everybody. May block. */
	final @Nullable Predicate<PresenceMember> visibility;

	/** Whether it heard of the room as it was at the last turn. */
	boolean told;

	/** Whether it may be allowed to see others now. */
	boolean doubted;

	/** Whether nobody has to be asked for it any more. */
	volatile boolean gone;

	/**
	 * What it knows of whom, where not everybody sees the same. Of the thread that asks
	 * for the visibility.
	 */
	final Map<String, String> known = new LinkedHashMap<>();

	/** Of the same thread. */
	long version;

	Viewer(Subscription<?> subscription, boolean countOnly, @Nullable Predicate<PresenceMember> visibility) {
		this.subscription = subscription;
		this.countOnly = countOnly;
		this.visibility = visibility;
	}

	boolean maySee(MemberView view) {
		return !this.gone && (this.visibility == null || this.visibility.test(view.toMember()));
	}

}
