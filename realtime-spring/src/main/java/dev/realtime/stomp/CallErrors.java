package dev.realtime.stomp;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.core.convert.ConversionException;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.messaging.MessageHandlingException;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.handler.annotation.support.MethodArgumentNotValidException;
import org.springframework.messaging.handler.invocation.MethodArgumentResolutionException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.util.ClassUtils;
import org.springframework.validation.Errors;
import org.springframework.validation.FieldError;
import org.springframework.validation.method.MethodValidationException;
import org.springframework.web.ErrorResponse;

/**
 * What clients are told of exceptions that the application does not handle: a code, and
 * what was wrong with what they sent. Never the text of an exception.
 */
final class CallErrors {

	private static final Logger logger = LoggerFactory.getLogger(CallErrors.class);

	private static final boolean VALIDATION_PRESENT = ClassUtils
		.isPresent("jakarta.validation.ConstraintViolationException", CallErrors.class.getClassLoader());

	private CallErrors() {
	}

	/**
	 * Tells of an exception that nobody handles. One that is the client's doing is
	 * nothing for the log, least of all its text, which may quote the payload.
	 */
	static void log(Exception ex) {
		if (isOfClient(ex)) {
			Throwable cause = cause(ex);
			logger.debug("Refused a call: {} ({})", code(cause), cause.getClass().getName());
		}
		else {
			logger.error("Unhandled exception from message handler method", ex);
		}
	}

	static boolean isOfClient(Exception ex) {
		Throwable cause = cause(ex);
		boolean told = cause instanceof ErrorResponse response && response.getStatusCode().is4xxClientError();
		return told || code(cause) != ControlCode.FAILED;
	}

	/**
	 * The reply for an exception.
	 * @return the body, as JSON
	 */
	static byte[] body(Throwable ex) {
		Throwable cause = cause(ex);
		return body(code(cause), invalid(cause));
	}

	/**
	 * The reply for the status that HTTP clients get.
	 * @return the body, as JSON
	 */
	static byte[] body(HttpStatusCode status) {
		return body(code(status), List.of());
	}

	private static byte[] body(ControlCode code, List<Invalid> invalid) {
		ObjectNode body = JsonMapper.shared().createObjectNode();
		body.put("code", code.code()).put("detail", code.detail());
		if (!invalid.isEmpty()) {
			ArrayNode errors = body.putArray("errors");
			invalid.forEach((error) -> errors.addObject().put("field", error.field).put("message", error.message));
		}
		return JsonMapper.shared().writeValueAsBytes(body);
	}

	private static Throwable cause(Throwable ex) {
		boolean wrapper = ex instanceof CompletionException || ex instanceof ExecutionException;
		return (wrapper && ex.getCause() != null) ? cause(ex.getCause()) : ex;
	}

	private static ControlCode code(Throwable ex) {
		if (ex instanceof AccessDeniedException || ex instanceof AuthenticationException) {
			return ControlCode.FORBIDDEN;
		}
		if (ex instanceof ErrorResponse response) {
			return code(response.getStatusCode());
		}
		return isInvalid(ex) ? ControlCode.INVALID_REQUEST : ControlCode.FAILED;
	}

	private static ControlCode code(HttpStatusCode status) {
		if (status.isSameCodeAs(HttpStatus.FORBIDDEN) || status.isSameCodeAs(HttpStatus.UNAUTHORIZED)) {
			return ControlCode.FORBIDDEN;
		}
		boolean invalid = status.isSameCodeAs(HttpStatus.BAD_REQUEST)
				|| status.isSameCodeAs(HttpStatus.UNPROCESSABLE_CONTENT);
		return invalid ? ControlCode.INVALID_REQUEST : ControlCode.FAILED;
	}

	private static boolean isInvalid(Throwable ex) {
		// A header that is missing has no class of its own, only no cause.
		return ex instanceof MethodArgumentResolutionException || ex instanceof MessageConversionException
				|| ex instanceof ConversionException || ex instanceof Errors || ex instanceof MethodValidationException
				|| (ex instanceof MessageHandlingException && ex.getCause() == null)
				|| (VALIDATION_PRESENT && Violations.isIn(ex));
	}

	private static List<Invalid> invalid(Throwable ex) {
		if (ex instanceof MethodArgumentNotValidException notValid && notValid.getBindingResult() != null) {
			return invalid(notValid.getBindingResult());
		}
		if (ex instanceof Errors errors) {
			return invalid(errors);
		}
		if (ex instanceof MethodValidationException notValid) {
			return invalid(notValid);
		}
		return (VALIDATION_PRESENT && Violations.isIn(ex)) ? Violations.invalid(ex) : List.of();
	}

	private static List<Invalid> invalid(Errors errors) {
		return errors.getAllErrors()
			.stream()
			.map((error) -> new Invalid((error instanceof FieldError field) ? field.getField() : "",
					error.getDefaultMessage()))
			.toList();
	}

	private static List<Invalid> invalid(MethodValidationException ex) {
		List<Invalid> invalid = new ArrayList<>();
		ex.getParameterValidationResults().forEach((result) -> {
			String parameter = result.getMethodParameter().getParameterName();
			result.getResolvableErrors()
				.forEach((error) -> invalid
					.add(new Invalid((error instanceof FieldError field) ? field.getField() : parameter,
							error.getDefaultMessage())));
		});
		return invalid;
	}

	/**
	 * One thing that is wrong.
	 *
	 * @param field where; empty if it is the whole
	 * @param message what, as the constraint says it
	 */
	private record Invalid(@Nullable String field, @Nullable String message) {

	}

	/**
	 * Keeps the optional classes away from applications that do not have them.
	 */
	private static final class Violations {

		static boolean isIn(Throwable ex) {
			return ex instanceof ConstraintViolationException;
		}

		static List<Invalid> invalid(Throwable ex) {
			Set<ConstraintViolation<?>> violations = ((ConstraintViolationException) ex).getConstraintViolations();
			// An application may throw one without.
			return Objects.requireNonNullElse(violations, Set.<ConstraintViolation<?>>of())
				.stream()
				.map((violation) -> new Invalid(field(violation.getPropertyPath()), violation.getMessage()))
				.toList();
		}

		/** Without the method, which is no business of clients. */
		private static String field(Path path) {
			boolean method = path.iterator().next().getKind() == ElementKind.METHOD;
			String text = path.toString();
			return method ? text.substring(text.indexOf('.') + 1) : text;
		}

	}

}
