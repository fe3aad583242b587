package dev.realtime.topic;

import java.util.concurrent.Callable;

import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;

/**
 * Calls what belongs to a topic as somebody: with their security context set.
 */
final class RunAs {

	private RunAs() {
	}

	static <T> T call(Authentication user, Callable<T> callable) throws Exception {
		SecurityContextHolderStrategy holder = SecurityContextHolder.getContextHolderStrategy();
		SecurityContext previous = holder.getContext();
		SecurityContext context = holder.createEmptyContext();
		context.setAuthentication(user);
		try {
			holder.setContext(context);
			return callable.call();
		}
		catch (Error ex) {
			// As Spring MVC does: it ends what the method was for, and nothing else.
			throw new IllegalStateException("A method of the application failed", ex);
		}
		finally {
			holder.setContext(previous);
		}
	}

}
