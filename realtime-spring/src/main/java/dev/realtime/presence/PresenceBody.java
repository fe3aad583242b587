package dev.realtime.presence;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What viewers are told, as JSON.
 */
final class PresenceBody {

	private PresenceBody() {
	}

	/**
	 * Who is there.
	 * @param members the members as JSON
	 */
	static byte[] snapshot(long version, Collection<String> members) {
		StringBuilder json = head(version, null, members.size());
		return bytes(array(json, "members", members));
	}

	/**
	 * How many are there.
	 * @param from the version the viewer knows, or {@code null} at first
	 */
	static byte[] count(long version, @Nullable Long from, int count) {
		return bytes(head(version, from, count));
	}

	private static StringBuilder head(long version, @Nullable Long from, int count) {
		StringBuilder json = new StringBuilder(256).append("{\"version\":").append(version);
		if (from != null) {
			json.append(",\"from\":").append(from);
		}
		return json.append(",\"count\":").append(count);
	}

	private static StringBuilder array(StringBuilder json, String name, Collection<String> elements) {
		json.append(",\"").append(name).append("\":[");
		int start = json.length();
		elements.forEach((element) -> json.append((json.length() > start) ? "," : "").append(element));
		return json.append(']');
	}

	private static byte[] bytes(StringBuilder json) {
		return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * What has changed.
	 *
	 * @param joined members that came, as JSON
	 * @param updated members that changed, as JSON
	 * @param left ids of those that left, as JSON
	 */
	record Diff(List<String> joined, List<String> updated, List<String> left) {

		Diff() {
			this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
		}

		/**
		 * Takes a member up, as far as it is news.
		 * @param known the members as somebody knows them, who knows this one then, too
		 * @param now the member as JSON, or {@code null} if it is not there or not to be
		 * seen
		 */
		void learn(Map<String, String> known, String user, @Nullable String now) {
			String before = (now != null) ? known.put(user, now) : known.remove(user);
			if (now == null && before != null) {
				this.left.add(MemberView.quoted(user));
			}
			else if (now != null && before == null) {
				this.joined.add(now);
			}
			else if (now != null && !now.equals(before)) {
				this.updated.add(now);
			}
		}

		boolean isEmpty() {
			return this.joined.isEmpty() && this.updated.isEmpty() && this.left.isEmpty();
		}

		byte[] toJson(long version, long from, int count) {
			StringBuilder json = head(version, from, count);
			array(json, "joined", this.joined);
			array(json, "updated", this.updated);
			array(json, "left", this.left);
			return bytes(json);
		}

	}

}
