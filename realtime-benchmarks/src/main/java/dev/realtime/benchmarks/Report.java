package dev.realtime.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Measurements as a table, as CSV and as a chart.
 */
final class Report {

	private static final List<String> COLUMNS = List.of("scenario", "server", "count", "per second",
			"server CPU µs each", "client CPU µs each", "p50 ms", "p99 ms", "max ms", "KB per connection", "lost",
			"disorder", "note");

	private static final double LARGE = 100;

	private final List<Measurement> measurements;

	Report(List<Measurement> measurements) {
		this.measurements = measurements;
	}

	/**
	 * Writes all three files.
	 */
	void write(Path directory) throws IOException {
		Files.createDirectories(directory);
		Files.writeString(directory.resolve("results.md"), machine() + "\n\n" + table());
		Files.writeString(directory.resolve("results.csv"), csv());
		Files.writeString(directory.resolve("results.svg"), new Chart(this.measurements).svg());
	}

	/**
	 * What was written before.
	 * @return the measurements, or none if there is no file
	 */
	static List<Measurement> read(Path directory) throws IOException {
		Path file = directory.resolve("results.csv");
		if (!Files.exists(file)) {
			return List.of();
		}
		return Files.readAllLines(file).stream().skip(1).map(Report::measurement).toList();
	}

	private static Measurement measurement(String line) {
		String[] cells = line.split(",", 13);
		String note = cells[12].substring(1, cells[12].length() - 1).replace("\"\"", "\"");
		return new Measurement(cells[1], cells[0], Long.parseLong(cells[2]), parse(cells[3]), parse(cells[4]),
				parse(cells[5]), parse(cells[6]), parse(cells[7]), parse(cells[8]), parse(cells[9]),
				Long.parseLong(cells[10]), Long.parseLong(cells[11]), note);
	}

	private static double parse(String cell) {
		return cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
	}

	private static String machine() {
		return Runtime.getRuntime().availableProcessors() + " cores shared by server and load client, "
				+ System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", Java "
				+ Runtime.version().feature();
	}

	String table() {
		List<List<String>> rows = new ArrayList<>();
		rows.add(COLUMNS);
		this.measurements.forEach((measurement) -> rows.add(cells(measurement)));
		int[] widths = IntStream.range(0, COLUMNS.size())
			.map((column) -> rows.stream().mapToInt((row) -> row.get(column).length()).max().orElse(0))
			.toArray();
		StringBuilder table = new StringBuilder();
		for (List<String> row : rows) {
			table.append(line(row, widths));
			if (row == COLUMNS) {
				table.append(line(IntStream.of(widths).mapToObj("-"::repeat).toList(), widths));
			}
		}
		return table.toString();
	}

	private static String line(List<String> cells, int[] widths) {
		return IntStream.range(0, widths.length)
			.mapToObj((i) -> cells.get(i) + " ".repeat(widths[i] - cells.get(i).length()))
			.collect(Collectors.joining(" | ", "| ", " |\n"));
	}

	private static List<String> cells(Measurement measurement) {
		return List.of(measurement.scenario(), measurement.server(),
				String.format(Locale.ROOT, "%,d", measurement.count()), number(measurement.perSecond()),
				number(measurement.serverMicros()), number(measurement.clientMicros()), number(measurement.p50()),
				number(measurement.p99()), number(measurement.max()), number(measurement.kilobytes()),
				Long.toString(measurement.lost()), Long.toString(measurement.disorder()),
				measurement.note().replace('|', ' '));
	}

	static String number(double value) {
		if (Double.isNaN(value)) {
			return "–";
		}
		return String.format(Locale.ROOT, (Math.abs(value) < LARGE) ? "%.2f" : "%,.0f", value);
	}

	String csv() {
		String header = "scenario,server,count,per_second,server_cpu_micros_each,client_cpu_micros_each,"
				+ "p50_millis,p99_millis,max_millis,kilobytes_per_connection,lost,disorder,note\n";
		return header + this.measurements.stream().map(Report::csv).collect(Collectors.joining());
	}

	private static String csv(Measurement measurement) {
		String numbers = DoubleStream
			.of(measurement.perSecond(), measurement.serverMicros(), measurement.clientMicros(), measurement.p50(),
					measurement.p99(), measurement.max(), measurement.kilobytes())
			.mapToObj(Report::exact)
			.collect(Collectors.joining(","));
		return measurement.scenario() + "," + measurement.server() + "," + measurement.count() + "," + numbers + ","
				+ measurement.lost() + "," + measurement.disorder() + ",\"" + measurement.note().replace("\"", "\"\"")
				+ "\"\n";
	}

	private static String exact(double value) {
		return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.3f", value);
	}

}
