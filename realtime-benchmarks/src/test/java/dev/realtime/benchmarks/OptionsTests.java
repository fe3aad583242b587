package dev.realtime.benchmarks;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Options}.
 */
class OptionsTests {

	private static final Path TARGET = Path.of("target");

	private static Options parse(String... arguments) {
		return Options.parse(List.of(arguments), List.of("servlet", "ws"), TARGET);
	}

	@Test
	void everythingByDefault() {
		Options options = parse();
		assertThat(options.servers()).containsExactly("servlet", "ws");
		assertThat(options.scenarios()).isEqualTo(Scenarios.ALL);
		assertThat(options.output()).isEqualTo(Path.of("docs/benchmarks"));
	}

	@Test
	void aQuickRunDoesNotOverwriteTheResults() {
		assertThat(parse("--quick").output()).isEqualTo(TARGET.resolve("quick"));
	}

	@Test
	void someByName() {
		Options options = parse("--servers", "ws", "--scenarios", "burst,idle", "--java-options", "-Xmx1g -Xint");
		assertThat(options.servers()).containsExactly("ws");
		assertThat(options.scenarios()).containsExactly("burst", "idle");
		assertThat(options.javaOptions()).containsExactly("-Xmx1g", "-Xint");
	}

	@Test
	void aMissingValueIsSaid() {
		assertThatIllegalArgumentException().isThrownBy(() -> parse("--servers")).withMessageContaining("--servers");
	}

}
