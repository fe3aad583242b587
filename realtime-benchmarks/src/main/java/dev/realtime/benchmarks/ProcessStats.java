package dev.realtime.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What the kernel says of a process and its children, from {@code /proc}.
 */
final class ProcessStats {

	/** USER_HZ, which is 100 on every Linux there is: proc(5) counts in ticks of it. */
	private static final long MICROS_PER_TICK = 10_000;

	/** In /proc/pid/stat, counted from the field after the name in parentheses. */
	private static final int UTIME = 11;

	private static final int STIME = 12;

	private ProcessStats() {
	}

	/**
	 * CPU time used, in user and kernel mode, by all threads.
	 * @return microseconds, ten thousand at a time
	 */
	static long cpuMicros(ProcessHandle process) {
		return withChildren(process).mapToLong((one) -> {
			String stat = read(one, "stat");
			String[] fields = stat.substring(stat.lastIndexOf(')') + 1).trim().split(" ");
			return (fields.length > STIME)
					? (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) * MICROS_PER_TICK : 0;
		}).sum();
	}

	/**
	 * Memory in use: the resident set.
	 * @return kilobytes
	 */
	static long residentKilobytes(ProcessHandle process) {
		return withChildren(process)
			.mapToLong((one) -> read(one, "status").lines()
				.filter((line) -> line.startsWith("VmRSS:"))
				.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")))
				.sum())
			.sum();
	}

	private static Stream<ProcessHandle> withChildren(ProcessHandle process) {
		return Stream.concat(Stream.of(process), process.descendants());
	}

	private static String read(ProcessHandle process, String file) {
		Path path = Path.of("/proc", Long.toString(process.pid()), file);
		try {
			return Files.readString(path);
		}
		catch (IOException ex) {
			if (!process.isAlive()) {
				return "";
			}
			throw new UncheckedIOException(ex);
		}
	}

}
