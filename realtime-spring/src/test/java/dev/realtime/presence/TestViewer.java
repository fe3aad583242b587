package dev.realtime.presence;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client that believes what it is told, and checks that nothing is missing in it.
 */
final class TestViewer implements Consumer<String> {

	private static final JsonMapper MAPPER = JsonMapper.shared();

	/** Sessions by member. */
	final Map<String, Integer> members = new HashMap<>();

	int count = -1;

	int frames;

	int snapshots;

	long bytes;

	boolean listed;

	/** How the node knows it. */
	Viewer viewer;

	private long version = -1;

	@Override
	public void accept(String body) {
		this.frames++;
		this.bytes += body.length();
		JsonNode json = MAPPER.readTree(body);
		if (!json.has("from")) {
			this.snapshots++;
			this.members.clear();
			this.listed = json.has("members");
			json.path("members").forEach(this::put);
		}
		else {
			assertThat(json.path("from").asLong()).as(body).isEqualTo(this.version);
			json.path("joined").forEach((member) -> {
				assertThat(this.members).doesNotContainKey(member.path("id").asString());
				put(member);
			});
			json.path("updated").forEach((member) -> {
				assertThat(this.members).containsKey(member.path("id").asString());
				put(member);
			});
			json.path("left").forEach((id) -> assertThat(this.members.remove(id.asString())).isNotNull());
		}
		this.version = json.path("version").asLong();
		this.count = json.path("count").asInt();
		assertThat(!this.listed || this.count == this.members.size()).as(body).isTrue();
	}

	private void put(JsonNode member) {
		this.members.put(member.path("id").asString(), member.path("sessions").asInt());
	}

}
