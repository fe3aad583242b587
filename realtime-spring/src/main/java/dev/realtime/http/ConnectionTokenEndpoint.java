package dev.realtime.http;

import dev.realtime.Tenant;
import dev.realtime.tenant.Tenants;
import dev.realtime.token.IssuedToken;
import dev.realtime.token.UserTokens;
import jakarta.servlet.http.HttpServletRequest;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.http.HttpMethod;
import org.springframework.security.core.Authentication;

/**
 * Answers {@code POST /realtime/tokens/connection}.
 *
 * @since 0.1.0
 */
public final class ConnectionTokenEndpoint extends UserEndpoint {

	private final UserTokens tokens;

	private final ClientUrl url;

	/**
	 * An endpoint that issues these tokens.
	 * @param tokens the tokens
	 * @param url where clients connect
	 * @param tenants who belongs to which tenant
	 * @param allowAnonymous whether users that are not logged in get tokens too
	 */
	public ConnectionTokenEndpoint(UserTokens tokens, ClientUrl url, Tenants tenants, boolean allowAnonymous) {
		super(HttpMethod.POST, tenants, allowAnonymous, JsonMapper.shared());
		this.tokens = tokens;
		this.url = url;
	}

	@Override
	ObjectNode answer(HttpServletRequest request, Authentication user, Tenant tenant) {
		IssuedToken token = this.tokens.connection(user, tenant);
		return JsonNodeFactory.instance.objectNode()
			.put("token", token.value())
			.put("expiresAt", token.expiresAt().toString())
			.put("url", this.url.of(request));
	}

}
