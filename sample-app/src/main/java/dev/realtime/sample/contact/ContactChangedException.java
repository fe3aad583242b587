package dev.realtime.sample.contact;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * Somebody else changed the contact since the user began to edit it.
 */
class ContactChangedException extends ErrorResponseException {

	ContactChangedException(Contact current) {
		super(HttpStatus.CONFLICT, ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT,
				"%s changed this contact while you were editing it".formatted(current.changedBy())), null);
	}

}
