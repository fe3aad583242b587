package dev.realtime.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.realtime.Realtime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the browser client says, and what it is told: both sides are tested with the same
 * transcript.
 */
@EndpointTest
class TranscriptTests {

	private static final Path TRANSCRIPTS = Path.of("..", "realtime-client", "src", "test", "transcripts");

	private static final Pattern PLACEHOLDER = Pattern.compile("\\{(session|epoch|timestamp|since)}");

	/** What stays the same in a transcript once it was seen. */
	private static final List<String> CONSTANT = List.of("epoch", "since");

	private final Map<String, String> values = new HashMap<>();

	@LocalServerPort
	private int port;

	@Autowired
	private Realtime realtime;

	private RawStompClient client;

	@ParameterizedTest
	@ValueSource(strings = { "recover.txt", "together.txt" })
	void serverAnswersTheBrowserClientWithWhatItUnderstands(String transcript) throws Exception {
		StringBuilder frame = new StringBuilder();
		for (String line : Files.readAllLines(TRANSCRIPTS.resolve(transcript))) {
			String text = (line.length() > 2) ? line.substring(2) : "";
			if (line.startsWith("!")) {
				act(text.split(" "));
			}
			else if (!line.startsWith("#") && text.endsWith("^@")) {
				frame.append(text, 0, text.length() - "^@".length());
				exchange(line.startsWith(">"), frame.toString());
				frame.setLength(0);
			}
			else if (!line.startsWith("#")) {
				frame.append(text).append('\n');
			}
		}
		this.client.expectNothingElse();
		this.client.close();
	}

	private void act(String[] words) throws Exception {
		switch (words[0]) {
			case "publish" -> this.realtime.forTenant("acme")
				.publish(words[1], JsonMapper.shared().readValue(words[2], Map.class))
				.get();
			case "connect" -> this.client = RawStompClient.open(this.port, "alice");
			case "cut" -> this.client.close();
			default -> {
				// What the page does.
			}
		}
	}

	private void exchange(boolean isClient, String frame) {
		if (isClient) {
			this.client.send(PLACEHOLDER.matcher(frame).replaceAll((match) -> this.values.get(match.group(1))) + "\0");
			return;
		}
		// The frame with what was seen before filled in, and the rest as groups.
		Matcher placeholders = PLACEHOLDER.matcher(frame);
		StringBuilder pattern = new StringBuilder();
		int end = 0;
		while (placeholders.find()) {
			String name = placeholders.group(1);
			pattern.append(Pattern.quote(frame.substring(end, placeholders.start())))
				.append(this.values.containsKey(name) ? Pattern.quote(this.values.get(name))
						: "(?<" + name + ">[0-9a-z-]+?)");
			end = placeholders.end();
		}
		pattern.append(Pattern.quote(frame.substring(end)));
		String said = this.client.next();
		Matcher matcher = Pattern.compile(pattern.toString()).matcher(said);
		assertThat(matcher.matches()).as("%s%nshould be%n%s", said, frame).isTrue();
		for (String name : CONSTANT) {
			if (pattern.indexOf("(?<" + name + ">") >= 0) {
				this.values.put(name, matcher.group(name));
			}
		}
	}

}
