package dev.realtime.sample.contact;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * The tenant has no such contact. Says the same of a contact of another tenant.
 */
class ContactNotFoundException extends ErrorResponseException {

	ContactNotFoundException(long id) {
		super(HttpStatus.NOT_FOUND,
				ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, "There is no contact %d".formatted(id)), null);
	}

}
