package dev.realtime.topic;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The name of a topic: segments joined by dots, each of them literal or a variable. A
 * variable stands for exactly one segment, so what was rendered is parsed back to the
 * same values. Immutable.
 *
 * @since 0.1.0
 */
public final class TopicName {

	private static final int MAX_LENGTH = 200;

	private static final Pattern LITERAL = Pattern.compile("[A-Za-z0-9_:-]+");

	private static final Pattern VARIABLE = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)}");

	private final String pattern;

	private final List<String> segments;

	private final List<String> variables;

	private TopicName(String pattern, List<String> segments, List<String> variables) {
		this.pattern = pattern;
		this.segments = segments;
		this.variables = variables;
	}

	/**
	 * Reads a name as it is declared.
	 * @param pattern such as {@code document.{id}}
	 * @return the name
	 * @throws IllegalArgumentException if it breaks the grammar
	 */
	public static TopicName parse(String pattern) {
		List<String> segments = List.of(pattern.split("\\.", -1));
		List<String> variables = new ArrayList<>();
		for (String segment : segments) {
			var variable = VARIABLE.matcher(segment);
			if (variable.matches()) {
				variables.add(variable.group(1));
			}
			else if (!LITERAL.matcher(segment).matches()) {
				throw new IllegalArgumentException("'" + segment
						+ "' is neither a variable such as {id} nor made of letters, digits, '_', ':' and '-'");
			}
		}
		if (variables.stream().distinct().count() < variables.size()) {
			throw new IllegalArgumentException("A variable occurs twice");
		}
		if (pattern.length() > MAX_LENGTH) {
			throw new IllegalArgumentException("It is longer than " + MAX_LENGTH + " characters");
		}
		return new TopicName(pattern, segments, List.copyOf(variables));
	}

	/**
	 * The variables, in order.
	 * @return their names
	 */
	public List<String> variables() {
		return this.variables;
	}

	/**
	 * Reads a name with the variables filled in.
	 * @param name such as {@code document.42}
	 * @return the values by variable, or {@code null} if it is no name of this topic
	 */
	public @Nullable Map<String, String> match(String name) {
		if (name.length() > MAX_LENGTH) {
			return null;
		}
		String[] values = name.split("\\.", -1);
		if (values.length != this.segments.size()) {
			return null;
		}
		Map<String, String> variables = new LinkedHashMap<>();
		for (int i = 0; i < values.length; i++) {
			String segment = this.segments.get(i);
			if (!isVariable(segment)) {
				if (!segment.equals(values[i])) {
					return null;
				}
			}
			else if (!LITERAL.matcher(values[i]).matches()) {
				return null;
			}
			else {
				variables.put(segment.substring(1, segment.length() - 1), values[i]);
			}
		}
		return Collections.unmodifiableMap(variables);
	}

	/**
	 * Fills the variables in.
	 * @param values a value for each variable, in order
	 * @return the name of a channel, which {@link #match} reads back
	 * @throws IllegalArgumentException if a value is missing or no segment
	 */
	public String render(List<? extends @Nullable Object> values) {
		if (values.size() != this.variables.size()) {
			throw new IllegalArgumentException("Topic '" + this.pattern + "' has " + this.variables.size()
					+ " variables " + this.variables + ", but " + values.size() + " values were given");
		}
		StringBuilder name = new StringBuilder();
		int next = 0;
		for (String segment : this.segments) {
			name.append(name.isEmpty() ? "" : ".");
			if (isVariable(segment)) {
				name.append(segmentOf(this.variables.get(next), values.get(next)));
				next++;
			}
			else {
				name.append(segment);
			}
		}
		if (name.length() > MAX_LENGTH) {
			throw new IllegalArgumentException(
					"Topic '" + this.pattern + "' with its variables is longer than " + MAX_LENGTH + " characters");
		}
		return name.toString();
	}

	private String segmentOf(String variable, @Nullable Object value) {
		if (value == null) {
			throw new IllegalArgumentException(
					"The variable '" + variable + "' of topic '" + this.pattern + "' has no value");
		}
		String segment = value.toString();
		if (!LITERAL.matcher(segment).matches()) {
			throw new IllegalArgumentException("A variable of topic '" + this.pattern
					+ "' has a value that is not made of letters, digits, '_', ':' and '-'");
		}
		return segment;
	}

	/**
	 * Whether some name could mean either topic.
	 */
	boolean overlaps(TopicName other) {
		if (this.segments.size() != other.segments.size()) {
			return false;
		}
		for (int i = 0; i < this.segments.size(); i++) {
			String mine = this.segments.get(i);
			String theirs = other.segments.get(i);
			if (!isVariable(mine) && !isVariable(theirs) && !mine.equals(theirs)) {
				return false;
			}
		}
		return true;
	}

	private static boolean isVariable(String segment) {
		return segment.startsWith("{");
	}

	@Override
	public String toString() {
		return this.pattern;
	}

}
