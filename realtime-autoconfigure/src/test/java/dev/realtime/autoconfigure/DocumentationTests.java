package dev.realtime.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
