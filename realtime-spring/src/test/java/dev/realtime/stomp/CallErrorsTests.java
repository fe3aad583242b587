package dev.realtime.stomp;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.http.HttpStatus;
import org.springframework.messaging.MessageHandlingException;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.support.GenericMessage;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.validation.BindException;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * What clients are told of exceptions.
 */
@Timeout(30)
class CallErrorsTests {

	private static Stream<Arguments> codes() {
		return Stream.of(Arguments.of(new AccessDeniedException("x"), "forbidden"),
				Arguments.of(new BadCredentialsException("x"), "forbidden"),
				Arguments.of(new ResponseStatusException(HttpStatus.FORBIDDEN, "x"), "forbidden"),
				Arguments.of(new ResponseStatusException(HttpStatus.UNAUTHORIZED, "x"), "forbidden"),
				Arguments.of(new ResponseStatusException(HttpStatus.BAD_REQUEST, "x"), "invalid-request"),
				Arguments.of(new ResponseStatusException(HttpStatus.UNPROCESSABLE_CONTENT, "x"), "invalid-request"),
				Arguments.of(new ResponseStatusException(HttpStatus.NOT_FOUND, "x"), "failed"),
				Arguments.of(new MessageConversionException("x"), "invalid-request"),
				Arguments.of(new ConversionFailedException(null, TypeDescriptor.valueOf(Long.class), "x",
						new IllegalStateException("x")), "invalid-request"),
				Arguments.of(new MessageHandlingException(new GenericMessage<>("x"), "Missing header"),
						"invalid-request"),
				Arguments.of(new MessageHandlingException(new GenericMessage<>("x"), new StackOverflowError("x")),
						"failed"),
				Arguments.of(new IllegalArgumentException("x"), "failed"),
				Arguments.of(new CompletionException(new AccessDeniedException("x")), "forbidden"),
				Arguments.of(new CompletionException("x", null), "failed"));
	}

	@ParameterizedTest
	@MethodSource("codes")
	void whenExceptionIsUnhandledThenTheCodeSaysWhoseDoingItIs(Exception ex, String code) {
		assertThat(body(ex)).startsWith("{\"code\":\"" + code + "\",\"detail\":\"").endsWith("\"}");
		boolean missing = ex instanceof ResponseStatusException;
		assertThat(CallErrors.isOfClient(ex)).isEqualTo(missing || !code.equals("failed"));
	}

	@Test
	void whenTheApplicationSaysThatItIsItsOwnFaultThenItIsNotOfTheClient() {
		assertThat(CallErrors.isOfClient(new ResponseStatusException(HttpStatus.BAD_GATEWAY, "x"))).isFalse();
	}

	@Test
	void whenThereAreNoViolationsThenNoneIsNamed() {
		assertThat(body(new ConstraintViolationException("x", null))).startsWith("{\"code\":\"invalid-request\"")
			.doesNotContain("errors");
	}

	@Test
	void whenBindingFailsThenFieldsAreNamed() {
		BindException ex = new BindException(new Object(), "form");
		ex.reject("code", "All of it");
		assertThat(body(ex)).endsWith(",\"errors\":[{\"field\":\"\",\"message\":\"All of it\"}]}");
	}

	@Test
	void whenConstraintsOfAMethodAreBrokenThenTheMethodIsNotNamed() {
		Exception ofMethod = new ConstraintViolationException(Set.of(violation("get.id", ElementKind.METHOD)));
		Exception ofBean = new ConstraintViolationException(Set.of(violation("address.city", ElementKind.PROPERTY)));
		assertThat(body(ofMethod)).startsWith("{\"code\":\"invalid-request\"")
			.endsWith(",\"errors\":[{\"field\":\"id\",\"message\":\"too small\"}]}");
		assertThat(body(ofBean)).endsWith(",\"errors\":[{\"field\":\"address.city\",\"message\":\"too small\"}]}");
	}

	private static ConstraintViolation<?> violation(String path, ElementKind first) {
		Path.Node node = mock(Path.Node.class);
		given(node.getKind()).willReturn(first);
		Path mock = mock(Path.class, path);
		given(mock.iterator()).willAnswer((invocation) -> Set.of(node).iterator());
		ConstraintViolation<?> violation = mock(ConstraintViolation.class);
		given(violation.getPropertyPath()).willReturn(mock);
		given(violation.getMessage()).willReturn("too small");
		return violation;
	}

	private static String body(Exception ex) {
		return new String(CallErrors.body(ex), StandardCharsets.UTF_8);
	}

}
