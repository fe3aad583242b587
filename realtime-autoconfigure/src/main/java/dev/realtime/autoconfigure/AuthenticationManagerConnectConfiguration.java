package dev.realtime.autoconfigure;

import dev.realtime.stomp.ConnectAuthenticator;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/**
 * Bearer tokens in CONNECT, checked by the application's own authentication manager.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(BearerTokenAuthenticationToken.class)
@ConditionalOnSingleCandidate(AuthenticationManager.class)
class AuthenticationManagerConnectConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ConnectAuthenticator realtimeConnectAuthenticator(AuthenticationManager manager) {
		return (token) -> manager.authenticate(new BearerTokenAuthenticationToken(token));
	}

}
