package dev.realtime.benchmarks;

import java.io.IOException;
import java.util.List;

/**
 * Something that is done to every server.
 */
@FunctionalInterface
interface Scenario {

	/**
	 * Does it.
	 * @param lab starts servers
	 * @return one measurement, or one for each variation
	 */
	List<Measurement> run(Lab lab) throws IOException, InterruptedException;

}
