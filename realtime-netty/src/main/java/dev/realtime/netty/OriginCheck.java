package dev.realtime.netty;

import java.net.URI;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.web.cors.CorsConfiguration;

/**
 * Which pages may connect to the dedicated port: those of the same host, whatever their
 * port, and those of the allowed origins. Clients that are no browsers send no origin.
 */
final class OriginCheck {

	private final CorsConfiguration allowed = new CorsConfiguration();

	OriginCheck(List<String> allowedOrigins) {
		this.allowed.setAllowedOriginPatterns(allowedOrigins);
	}

	boolean accepts(@Nullable String origin, @Nullable String host) {
		return origin == null || isSameHost(origin, host) || this.allowed.checkOrigin(origin) != null;
	}

	private static boolean isSameHost(String origin, @Nullable String host) {
		try {
			String originHost = URI.create(origin).getHost();
			String ownHost = (host != null) ? URI.create("ws://" + host).getHost() : null;
			return originHost != null && originHost.equalsIgnoreCase(ownHost);
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

}
