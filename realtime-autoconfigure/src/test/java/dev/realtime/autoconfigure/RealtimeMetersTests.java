package dev.realtime.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.realtime.access.AccessAction;
import dev.realtime.access.GuardedClient.Withdrawal;
import dev.realtime.autoconfigure.RealtimeMeters.Tags;
import dev.realtime.core.CloseReason;
import dev.realtime.core.DropReason;
import io.micrometer.common.docs.KeyName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The documentation of the meters is that of the code.
 */
@Timeout(30)
class RealtimeMetersTests {

	private static final Path DOCUMENTATION = Path.of("../docs/metrics.md");

	@Test
	void tableOfTheDocumentationIsTheEnum() throws IOException {
		List<String> expected = Arrays.stream(RealtimeMeters.values()).map(RealtimeMetersTests::row).toList();
		assertThat(rows("`realtime.")).isEqualTo(expected);
	}

	@Test
	void reasonsOfTheDocumentationAreTheEnums() throws IOException {
		List<String> drops = Arrays.stream(DropReason.values()).map(Tags::label).toList();
		List<String> closes = Stream
			.concat(Arrays.stream(CloseReason.values()).map(Tags::label), Stream.of(RealtimeMetrics.CLIENT_GONE))
			.toList();
		List<String> withdrawals = Arrays.stream(Withdrawal.values()).map(Tags::label).toList();
		List<String> actions = Arrays.stream(AccessAction.values()).map(Tags::label).toList();
		assertThat(rows("`").stream().map((row) -> row.split("`")[1]).filter((name) -> !name.contains("realtime.")))
			.containsExactlyElementsOf(Stream.of(drops, closes, withdrawals, actions).flatMap(List::stream).toList());
	}

	private static List<String> rows(String start) throws IOException {
		return Files.readAllLines(DOCUMENTATION).stream().filter((line) -> line.startsWith("| " + start)).toList();
	}

	private static String row(RealtimeMeters meter) {
		String tags = Arrays.stream(meter.getKeyNames()).map(KeyName::asString).collect(Collectors.joining(", "));
		return Stream
			.of("`" + meter.getName() + "`", meter.getType().name().toLowerCase(Locale.ROOT),
					Objects.requireNonNullElse(meter.getBaseUnit(), ""), tags, meter.description())
			.collect(Collectors.joining(" | ", "| ", " |"));
	}

}
