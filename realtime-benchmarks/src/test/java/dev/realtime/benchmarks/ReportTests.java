package dev.realtime.benchmarks;

import java.util.List;

import dev.realtime.benchmarks.Measurement.Cost;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Report} and {@link Chart}.
 */
class ReportTests {

	private final List<Measurement> measurements = List.of(Measurement.of("servlet", "burst", 1000, new Cost(2000, 500))
		.rate(123_456.78)
		.times(histogram(1000, 2000))
		.errors(1, 2, "a \"note\""), Measurement.failed("ws", "burst", "failed"));

	private static Histogram histogram(long... micros) {
		Histogram histogram = new Histogram(3);
		for (long value : micros) {
			histogram.recordValue(value);
		}
		return histogram;
	}

	@Test
	void tableAlignsItsColumns() {
		List<String> lines = new Report(this.measurements).table().lines().toList();
		assertThat(lines).hasSize(4).extracting(String::length).containsOnly(lines.get(0).length());
		assertThat(lines.get(2).split(" +\\| ")).containsSubsequence("1,000", "123,457", "2.00", "0.50", "1.00");
	}

	@Test
	void csvLeavesOutWhatDoesNotApply() {
		assertThat(new Report(this.measurements).csv().lines().skip(1)).containsExactly(
				"burst,servlet,1000,123456.780,2.000,0.500,1.000,2.000,2.000,,1,2,\"a \"\"note\"\"\"",
				"burst,ws,0,,,,,,,,0,0,\"failed\"");
	}

	@Test
	void rowBelongsToTheScenarioThatMadeIt() {
		Measurement row = Measurement.failed("netty", "redis-cross-10", "");
		assertThat(row.isOf("redis-cross")).isTrue();
		assertThat(row.isOf("redis-cross-10")).isTrue();
		assertThat(row.isOf("redis")).isFalse();
	}

	@Test
	void chartShowsWhatWasMeasured() {
		assertThat(new Chart(this.measurements).svg()).startsWith("<svg")
			.contains("deliveries per second", ">123,457<")
			.doesNotContain("ws", "Idle", "NaN");
	}

}
