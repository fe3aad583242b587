package dev.realtime.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.realtime.core.CloseReason;
import dev.realtime.stomp.ControlCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tables of the documentation name what there is, and nothing else.
 */
@Timeout(30)
class DocumentationTests {

	private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

	@Test
	void readmeNamesEveryProperty() throws IOException {
		List<String> properties = new ArrayList<>();
		try (InputStream metadata = RealtimeProperties.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			JsonNode root = JsonMapper.shared().readTree(metadata);
			root.path("properties").forEach((property) -> properties.add(property.path("name").asString()));
		}
		assertThat(firstCells("README.md", "`realtime\\..*`")).containsExactlyInAnyOrderElementsOf(properties);
	}

	@Test
	void protocolNamesEveryControlCode() throws IOException {
		assertThat(firstCells("docs/protocol.md", "`[a-z]+(-[a-z]+)*`"))
			.containsAll(Stream.of(ControlCode.values()).map(ControlCode::code).toList());
	}

	@Test
	void protocolNamesEveryCloseCode() throws IOException {
		assertThat(firstCells("docs/protocol.md", "[0-9]{4}")).containsExactlyElementsOf(
				Stream.of(CloseReason.values()).map((reason) -> Integer.toString(reason.code())).toList());
	}

	@Test
	void testsOfThreatsAreThereAndCarryTheirNumber() throws IOException {
		Map<String, String> sources = testSources();
		try (Stream<String> lines = Files.lines(ROOT.resolve("docs/threats.md"))) {
			lines.filter((line) -> line.matches("\\| T[0-9]+ .*")).forEach((line) -> {
				String threat = line.split(" ")[1];
				Matcher test = Pattern.compile("`([A-Z][A-Za-z0-9]+Tests)(?:#(\\w+))?`").matcher(line);
				while (test.find()) {
					assertThat(sources).as(threat).containsKey(test.group(1));
					assertThat(sources.get(test.group(1))).as("%s of %s", test.group(), threat)
						.contains("@Tag(\"" + threat + "\")")
						.contains((test.group(2) != null) ? "void " + test.group(2) + "(" : "class ");
				}
			});
		}
	}

	private static Map<String, String> testSources() throws IOException {
		Map<String, String> sources = new HashMap<>();
		try (Stream<Path> modules = Files.list(ROOT)) {
			for (Path tests : modules.map((module) -> module.resolve("src/test/java"))
				.filter(Files::isDirectory)
				.toList()) {
				try (Stream<Path> files = Files.walk(tests)) {
					for (Path file : files.filter((path) -> path.toString().endsWith("Tests.java")).toList()) {
						String name = file.getFileName().toString().replace(".java", "");
						sources.merge(name, Files.readString(file), String::concat);
					}
				}
			}
		}
		return sources;
	}

	private static List<String> firstCells(String file, String pattern) throws IOException {
		try (Stream<String> lines = Files.lines(ROOT.resolve(file))) {
			return lines.filter((line) -> line.startsWith("| "))
				.map((line) -> line.split("\\|")[1].trim())
				.filter((cell) -> cell.matches(pattern))
				.map((cell) -> cell.replace("`", ""))
				.toList();
		}
	}

}
