package dev.realtime.autoconfigure;

import dev.realtime.stomp.ConnectAuthenticator;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationProvider;

/**
 * Bearer tokens in CONNECT, checked the way the application checks them over HTTP.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({ JwtDecoder.class, JwtAuthenticationProvider.class })
@ConditionalOnBean(JwtDecoder.class)
class JwtConnectConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ConnectAuthenticator realtimeConnectAuthenticator(JwtDecoder decoder,
			ObjectProvider<JwtAuthenticationConverter> converter) {
		JwtAuthenticationProvider provider = new JwtAuthenticationProvider(decoder);
		converter.ifAvailable(provider::setJwtAuthenticationConverter);
		return (token) -> provider.authenticate(new BearerTokenAuthenticationToken(token));
	}

}
