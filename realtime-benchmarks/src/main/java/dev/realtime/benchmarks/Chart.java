package dev.realtime.benchmarks;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Draws a panel of bars for each number that matters.
 */
final class Chart {

	private static final int WIDTH = 440;

	private static final int LABELS = 110;

	private static final int VALUES = 80;

	private static final int BAR = 18;

	private static final int TITLE = 34;

	private static final int MARGIN = 16;

	private static final int PANELS_PER_ROW = 2;

	private static final List<Panel> PANELS = List.of(
			new Panel("burst", "Burst fan-out: deliveries per second", true, Measurement::perSecond),
			new Panel("burst", "Burst fan-out: server CPU µs per delivery", false, Measurement::serverMicros),
			new Panel("paced", "Paced fan-out: server CPU µs per delivery", false, Measurement::serverMicros),
			new Panel("paced", "Paced fan-out: p99 from publish to client, ms", false, Measurement::p99),
			new Panel("filtered-10000", "Filtered: server CPU µs per publication", false, Measurement::serverMicros),
			new Panel("storm", "Connect + subscribe: connections per second", true, Measurement::perSecond),
			new Panel("idle", "Idle: KB of memory per connection", false, Measurement::kilobytes),
			new Panel("slow-8", "8 of 1,000 stop reading: p99 of the others, ms", false, Measurement::p99),
			new Panel("redis-publish", "Through Redis: publications per second", true, Measurement::perSecond),
			new Panel("redis-publish", "Through Redis: CPU µs per publication, node and Redis", false,
					Measurement::serverMicros),
			new Panel("redis-cross-1", "From node to node: p50 from publish to client, ms", false, Measurement::p50),
			new Panel("redis-cross-1", "From node to node: CPU µs per publication, nodes and Redis", false,
					Measurement::serverMicros));

	private final List<Measurement> measurements;

	Chart(List<Measurement> measurements) {
		this.measurements = measurements;
	}

	String svg() {
		StringBuilder body = new StringBuilder();
		int column = 0;
		int top = MARGIN;
		int bottom = MARGIN;
		for (Panel panel : PANELS) {
			List<Measurement> bars = this.measurements.stream()
				.filter((measurement) -> measurement.scenario().equals(panel.scenario)
						&& !Double.isNaN(panel.value.applyAsDouble(measurement)))
				.toList();
			if (bars.isEmpty()) {
				continue;
			}
			bottom = Math.max(bottom, top + TITLE + bars.size() * BAR + MARGIN);
			draw(body, panel, bars, MARGIN + column * (WIDTH + MARGIN), top);
			column = (column + 1) % PANELS_PER_ROW;
			top = (column == 0) ? bottom : top;
		}
		int width = PANELS_PER_ROW * (WIDTH + MARGIN) + MARGIN;
		return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + width + " " + bottom
				+ "\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
				+ body + "</svg>\n";
	}

	private static void draw(StringBuilder body, Panel panel, List<Measurement> bars, int left, int top) {
		double longest = bars.stream().mapToDouble(panel.value).max().orElse(1);
		text(body, left, top + BAR, "font-weight=\"bold\"",
				panel.title + (panel.moreIsBetter ? " (more is better)" : " (less is better)"));
		int y = top + TITLE;
		for (Measurement bar : bars) {
			double value = panel.value.applyAsDouble(bar);
			long length = Math.max(1, Math.round((WIDTH - LABELS - VALUES) * Math.max(0, value) / longest));
			boolean ours = bar.server().equals("servlet") || bar.server().equals("netty");
			text(body, left, y + BAR - 5, "", bar.server());
			body.append("<rect x=\"").append(left + LABELS).append("\" y=\"").append(y + 2).append("\" width=\"");
			body.append(length).append("\" height=\"").append(BAR - 4).append("\" fill=\"");
			body.append(ours ? "#2f7d32" : "#9aa5b1").append("\"/>\n");
			text(body, (int) (left + LABELS + length + 5), y + BAR - 5, "", Report.number(value));
			y += BAR;
		}
	}

	private static void text(StringBuilder body, int x, int y, String attributes, String text) {
		body.append("<text x=\"").append(x).append("\" y=\"").append(y).append("\" ").append(attributes);
		body.append(">").append(text.replace("&", "&amp;").replace("<", "&lt;")).append("</text>\n");
	}

	/**
	 * One number of one scenario.
	 */
	private record Panel(String scenario, String title, boolean moreIsBetter, ToDoubleFunction<Measurement> value) {

	}

}
