package dev.realtime.presence;

import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;

import dev.realtime.PresenceMember;
import dev.realtime.PresenceStatus;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * A member as others see it.
 *
 * @param id the id of the member
 * @param info what the topic says about the user, a JSON object
 * @param sessions how many connections there are
 * @param status what the user said last
 * @param data what the user said last, as JSON
 * @param since when the user came, in milliseconds since 1970
 */
record MemberView(String id, @Nullable String info, int sessions, PresenceStatus status, @Nullable String data,
		long since) {

	/** The same on all nodes. */
	static final Comparator<MemberView> ORDER = Comparator.comparingLong(MemberView::since)
		.thenComparing(MemberView::id);

	private static final JsonMapper MAPPER = JsonMapper.shared();

	private static final TypeReference<Map<String, @Nullable Object>> OBJECT = new TypeReference<>() {
	};

	String toJson() {
		StringBuilder json = new StringBuilder(128).append("{\"id\":").append(quoted(this.id));
		json.append(",\"info\":").append((this.info != null) ? this.info : "{}");
		json.append(",\"sessions\":").append(this.sessions);
		json.append(",\"status\":\"").append(this.status.name().toLowerCase(Locale.ROOT)).append('"');
		if (this.data != null) {
			json.append(",\"data\":").append(this.data);
		}
		return json.append(",\"since\":").append(this.since).append('}').toString();
	}

	static String quoted(String text) {
		return MAPPER.writeValueAsString(text);
	}

	PresenceMember toMember() {
		return new PresenceMember(this.id, (this.info != null) ? MAPPER.readValue(this.info, OBJECT) : Map.of(),
				this.sessions, this.status, (this.data != null) ? MAPPER.readValue(this.data, Object.class) : null,
				Instant.ofEpochMilli(this.since));
	}

}
