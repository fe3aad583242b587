package dev.realtime.http;

import java.io.IOException;
import java.security.Principal;

import dev.realtime.Tenant;
import dev.realtime.tenant.Tenants;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.web.HttpRequestHandler;

/**
 * An endpoint that answers whoever the application's Spring Security says it is. It
 * writes JSON itself: converters and advices of the application are for the application's
 * own endpoints.
 */
abstract class UserEndpoint implements HttpRequestHandler {

	private final AuthenticationTrustResolver trust = new AuthenticationTrustResolverImpl();

	private final Tenants tenants;

	private final boolean allowAnonymous;

	private final JsonMapper mapper;

	private final HttpMethod method;

	UserEndpoint(HttpMethod method, Tenants tenants, boolean allowAnonymous, JsonMapper mapper) {
		this.method = method;
		this.tenants = tenants;
		this.allowAnonymous = allowAnonymous;
		this.mapper = mapper;
	}

	@Override
	public void handleRequest(HttpServletRequest request, HttpServletResponse response) throws IOException {
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
		try {
			write(response, HttpStatus.OK, answer(request));
		}
		catch (RefusedException ex) {
			if (ex.status() == HttpStatus.METHOD_NOT_ALLOWED) {
				response.setHeader(HttpHeaders.ALLOW, this.method.name());
			}
			write(response, ex.status(), JsonNodeFactory.instance.objectNode().put("detail", ex.getMessage()));
		}
	}

	private ObjectNode answer(HttpServletRequest request) throws IOException, RefusedException {
		if (!this.method.matches(request.getMethod())) {
			throw new RefusedException(HttpStatus.METHOD_NOT_ALLOWED, "Ask with " + this.method);
		}
		Authentication user = user(request);
		if (user == null) {
			throw new RefusedException(HttpStatus.UNAUTHORIZED, "This is for users that are logged in");
		}
		Tenant tenant = this.tenants.of(user);
		if (tenant == null) {
			throw new RefusedException(HttpStatus.FORBIDDEN, "The user has no tenant");
		}
		return answer(request, user, tenant);
	}

	abstract ObjectNode answer(HttpServletRequest request, Authentication user, Tenant tenant)
			throws IOException, RefusedException;

	private @Nullable Authentication user(HttpServletRequest request) {
		Authentication user = SecurityContextHolder.getContext().getAuthentication();
		Principal principal = request.getUserPrincipal();
		if (user == null && principal != null) {
			user = (principal instanceof Authentication authentication) ? authentication
					: new PreAuthenticatedAuthenticationToken(principal, "", AuthorityUtils.NO_AUTHORITIES);
		}
		if (this.trust.isAuthenticated(user)) {
			return user;
		}
		return (this.allowAnonymous && this.trust.isAnonymous(user)) ? user : null;
	}

	private void write(HttpServletResponse response, HttpStatus status, ObjectNode body) throws IOException {
		response.setStatus(status.value());
		response.setContentType(MediaType.APPLICATION_JSON_VALUE);
		byte[] json = this.mapper.writeValueAsBytes(body);
		response.setContentLength(json.length);
		response.getOutputStream().write(json);
	}

	/**
	 * Why a request is not answered with what it asks for.
	 */
	static final class RefusedException extends Exception {

		private final HttpStatus status;

		RefusedException(HttpStatus status, String detail) {
			super(detail, null, false, false);
			this.status = status;
		}

		HttpStatus status() {
			return this.status;
		}

		@Override
		public String getMessage() {
			return String.valueOf(super.getMessage());
		}

	}

}
