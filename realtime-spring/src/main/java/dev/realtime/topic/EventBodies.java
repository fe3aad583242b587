package dev.realtime.topic;

import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.realtime.RejectedEventException;
import dev.realtime.json.JsonPayloads;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

import org.springframework.core.MethodParameter;
import org.springframework.validation.BeanPropertyBindingResult;
import org.springframework.validation.BindingResult;
import org.springframework.validation.FieldError;
import org.springframework.validation.SmartValidator;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.ValidationAnnotationUtils;

/**
 * Binds what clients send to the types of the application, and validates it.
 *
 * @since 0.1.0
 */
public final class EventBodies {

	private final JsonPayloads payloads;

	private final Supplier<@Nullable Validator> validator;

	/**
	 * Bodies as the application reads and validates them.
	 * @param payloads reads JSON
	 * @param validator supplies what validates, if there is something
	 */
	public EventBodies(JsonPayloads payloads, Supplier<@Nullable Validator> validator) {
		this.payloads = payloads;
		this.validator = validator;
	}

	/**
	 * Reads a body.
	 * @throws RejectedEventException if it is not what the parameter takes
	 */
	@Nullable Object read(byte[] json, MethodParameter parameter) {
		Object value;
		try {
			value = this.payloads.read(json, parameter.getGenericParameterType());
		}
		catch (JacksonException ex) {
			throw rejected(path(ex), "can not be read");
		}
		if (value == null && parameter.getParameterType().isPrimitive()) {
			throw rejected("", "can not be read");
		}
		Object[] hints = hints(parameter);
		if (hints != null) {
			validate(value, hints);
		}
		return value;
	}

	/**
	 * Where it does not fit, in the words of the client: those of Jackson name classes.
	 */
	private static String path(JacksonException ex) {
		return ex.getPath()
			.stream()
			.map((reference) -> (reference.getPropertyName() != null) ? reference.getPropertyName()
					: Integer.toString(reference.getIndex()))
			.collect(Collectors.joining("."));
	}

	private static Object @Nullable [] hints(MethodParameter parameter) {
		for (Annotation annotation : parameter.getParameterAnnotations()) {
			Object[] hints = ValidationAnnotationUtils.determineValidationHints(annotation);
			if (hints != null) {
				return hints;
			}
		}
		return null;
	}

	private void validate(@Nullable Object value, Object[] hints) {
		if (value == null) {
			throw rejected("", "must not be null");
		}
		List<Map<String, String>> invalid = new ArrayList<>();
		if (value instanceof Map<?, ?> map) {
			// Validators see no constraints in these.
			map.forEach((key, element) -> validate(key + ".", element, hints, invalid));
		}
		else if (value instanceof Collection<?> || value instanceof Object[]) {
			int index = 0;
			for (Object element : (value instanceof Collection<?> all) ? all : Arrays.asList((Object[]) value)) {
				validate("[" + index++ + "].", element, hints, invalid);
			}
		}
		else {
			validate("", value, hints, invalid);
		}
		if (!invalid.isEmpty()) {
			throw rejected(invalid);
		}
	}

	private void validate(String path, @Nullable Object value, Object[] hints, List<Map<String, String>> invalid) {
		if (value == null) {
			return;
		}
		Validator validator = this.validator.get();
		if (validator == null || !validator.supports(value.getClass())) {
			throw new IllegalStateException("Nothing validates " + value.getClass().getName()
					+ ": add the dependency org.springframework.boot:spring-boot-starter-validation");
		}
		BindingResult errors = new BeanPropertyBindingResult(value, "data");
		if (validator instanceof SmartValidator smart) {
			smart.validate(value, errors, hints);
		}
		else {
			validator.validate(value, errors);
		}
		errors.getAllErrors()
			.forEach(
					(error) -> invalid.add(invalid(path + ((error instanceof FieldError field) ? field.getField() : ""),
							String.valueOf(error.getDefaultMessage()))));
	}

	private static RejectedEventException rejected(List<Map<String, String>> invalid) {
		List<Map<String, String>> sorted = invalid.stream().sorted(Comparator.comparing(Object::toString)).toList();
		String sentence = sorted.stream()
			.map((error) -> (error.get("field") + " " + error.get("message")).strip())
			.collect(Collectors.joining("; "));
		return new RejectedEventException(sentence, Map.of("errors", sorted));
	}

	private static RejectedEventException rejected(String field, String message) {
		String what = field.isEmpty() ? "The data" : field;
		return new RejectedEventException(what + " " + message, Map.of("errors", List.of(invalid(field, message))));
	}

	private static Map<String, String> invalid(String field, String message) {
		Map<String, String> error = new LinkedHashMap<>();
		error.put("field", field);
		error.put("message", message);
		return error;
	}

}
