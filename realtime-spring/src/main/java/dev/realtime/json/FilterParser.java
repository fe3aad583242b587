package dev.realtime.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.realtime.TopicFilter;
import dev.realtime.limit.Limit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the {@code filter} header: a flat JSON object whose values are scalars or lists
 * of scalars. Thread-safe.
 *
 * @since 0.1.0
 */
public final class FilterParser {

	private static final int MAX_NESTING = 2;

	private static final int MAX_NUMBER_LENGTH = 40;

	private final JsonMapper mapper;

	private final int maxSize;

	private final int maxKeys;

	private final int maxValues;

	private final Consumer<Limit> onRefusal;

	/**
	 * A parser with these limits.
	 * @param maxSize the most bytes a filter may have
	 * @param maxKeys the most keys a filter may have
	 * @param maxValues the most values a list of a filter may have
	 */
	public FilterParser(int maxSize, int maxKeys, int maxValues) {
		this(maxSize, maxKeys, maxValues, (limit) -> {
		});
	}

	/**
	 * A parser with these limits.
	 * @param maxSize the most bytes a filter may have
	 * @param maxKeys the most keys a filter may have
	 * @param maxValues the most values a list of a filter may have
	 * @param onRefusal told which limit a filter exceeds
	 */
	public FilterParser(int maxSize, int maxKeys, int maxValues, Consumer<Limit> onRefusal) {
		this.onRefusal = onRefusal;
		this.maxSize = maxSize;
		this.maxKeys = maxKeys;
		this.maxValues = maxValues;
		this.mapper = mapper(maxSize);
	}

	private static JsonMapper mapper(int maxSize) {
		StreamReadConstraints constraints = StreamReadConstraints.builder()
			.maxDocumentLength(maxSize)
			.maxNameLength(maxSize)
			.maxStringLength(maxSize)
			.maxNestingDepth(MAX_NESTING)
			.maxNumberLength(MAX_NUMBER_LENGTH)
			.build();
		return JsonMapper.builder(JsonFactory.builder().streamReadConstraints(constraints).build())
			.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
			.build();
	}

	/**
	 * Reads a filter.
	 * @param text the header
	 * @return the filter
	 * @throws InvalidFilterException if it breaks the grammar or a limit
	 */
	public TopicFilter parse(String text) throws InvalidFilterException {
		if (text.length() > this.maxSize || text.getBytes(StandardCharsets.UTF_8).length > this.maxSize) {
			throw refusal(Limit.FILTER_SIZE, "The filter has more than " + this.maxSize + " bytes");
		}
		try (JsonParser parser = this.mapper.createParser(text)) {
			if (parser.nextToken() != JsonToken.START_OBJECT) {
				throw new InvalidFilterException("The filter is not a JSON object");
			}
			Map<String, List<@Nullable Object>> values = readObject(parser);
			if (parser.nextToken() != null) {
				throw new InvalidFilterException("Something follows the filter's JSON object");
			}
			return TopicFilter.of(values);
		}
		catch (JacksonException ex) {
			throw new InvalidFilterException("The filter is not valid JSON, or nested");
		}
	}

	private InvalidFilterException refusal(Limit limit, String detail) {
		this.onRefusal.accept(limit);
		return new InvalidFilterException(detail);
	}

	private Map<String, List<@Nullable Object>> readObject(JsonParser parser) throws InvalidFilterException {
		Map<String, List<@Nullable Object>> values = new LinkedHashMap<>();
		while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
			if (values.size() == this.maxKeys) {
				throw refusal(Limit.FILTER_KEYS, "The filter has more than " + this.maxKeys + " keys");
			}
			String key = parser.currentName();
			parser.nextToken();
			values.put(key, readValues(parser));
		}
		return values;
	}

	private List<@Nullable Object> readValues(JsonParser parser) throws InvalidFilterException {
		List<@Nullable Object> values = new ArrayList<>();
		if (parser.currentToken() != JsonToken.START_ARRAY) {
			values.add(readScalar(parser));
			return values;
		}
		while (parser.nextToken() != JsonToken.END_ARRAY) {
			if (values.size() == this.maxValues) {
				throw refusal(Limit.FILTER_VALUES, "A list of the filter has more than " + this.maxValues + " values");
			}
			values.add(readScalar(parser));
		}
		if (values.isEmpty()) {
			throw new InvalidFilterException("A list of the filter is empty");
		}
		return values;
	}

	private @Nullable Object readScalar(JsonParser parser) throws InvalidFilterException {
		return JsonScalars.read(parser)
			.orElseThrow(() -> new InvalidFilterException(
					"A value of the filter is not a string, number, boolean or null, or a list of those"))
			.value();
	}

}
