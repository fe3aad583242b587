package dev.realtime.benchmarks;

import org.HdrHistogram.Histogram;

/**
 * What came of one scenario with one server. Numbers that do not apply are
 * {@link Double#NaN}.
 *
 * @param server the server
 * @param scenario the scenario
 * @param count deliveries; connections where it is about those; publications where a
 * delivery each is not what costs
 * @param perSecond of these
 * @param serverMicros CPU time of the server for each, in microseconds
 * @param clientMicros CPU time of the load client for each, in microseconds
 * @param p50 median of the time from publish to client, or from connect to subscribed, in
 * milliseconds
 * @param p99 99th percentile of it
 * @param max maximum of it
 * @param kilobytes resident set of the server per connection
 * @param lost messages that should have arrived and did not
 * @param disorder messages that arrived twice, late or at the wrong client
 * @param note what else there is to say
 */
record Measurement(String server, String scenario, long count, double perSecond, double serverMicros,
		double clientMicros, double p50, double p99, double max, double kilobytes, long lost, long disorder,
		String note) {

	private static final double MICROS_PER_MILLI = 1000.0;

	private static final double P50 = 50;

	private static final double P99 = 99;

	static Measurement failed(String server, String scenario, String note) {
		return new Measurement(server, scenario, 0, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN,
				Double.NaN, Double.NaN, 0, 0, note);
	}

	/**
	 * Whether the scenario of this name has made it: it is the row's name, or what stands
	 * before the number there.
	 */
	boolean isOf(String name) {
		return this.scenario.equals(name) || this.scenario.matches(name + "-\\d+");
	}

	/**
	 * A measurement without a rate and without times.
	 */
	static Measurement of(String server, String scenario, long count, Cost cost) {
		return failed(server, scenario, "").with(count, cost);
	}

	private Measurement with(long count, Cost cost) {
		return new Measurement(this.server, this.scenario, count, this.perSecond, (double) cost.serverMicros() / count,
				(double) cost.clientMicros() / count, this.p50, this.p99, this.max, this.kilobytes, this.lost,
				this.disorder, this.note);
	}

	Measurement rate(double perSecond) {
		return new Measurement(this.server, this.scenario, this.count, perSecond, this.serverMicros, this.clientMicros,
				this.p50, this.p99, this.max, this.kilobytes, this.lost, this.disorder, this.note);
	}

	/**
	 * With times.
	 * @param micros a histogram in microseconds
	 */
	Measurement times(Histogram micros) {
		return new Measurement(this.server, this.scenario, this.count, this.perSecond, this.serverMicros,
				this.clientMicros, micros.getValueAtPercentile(P50) / MICROS_PER_MILLI,
				micros.getValueAtPercentile(P99) / MICROS_PER_MILLI, micros.getMaxValue() / MICROS_PER_MILLI,
				this.kilobytes, this.lost, this.disorder, this.note);
	}

	Measurement memory(double kilobytes) {
		return new Measurement(this.server, this.scenario, this.count, this.perSecond, this.serverMicros,
				this.clientMicros, this.p50, this.p99, this.max, kilobytes, this.lost, this.disorder, this.note);
	}

	Measurement errors(long lost, long disorder, String note) {
		return new Measurement(this.server, this.scenario, this.count, this.perSecond, this.serverMicros,
				this.clientMicros, this.p50, this.p99, this.max, this.kilobytes, lost, disorder, note);
	}

	/**
	 * CPU time that something took.
	 *
	 * @param serverMicros of the server
	 * @param clientMicros of the load client
	 */
	record Cost(long serverMicros, long clientMicros) {

	}

}
