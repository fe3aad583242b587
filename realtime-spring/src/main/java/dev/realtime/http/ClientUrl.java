package dev.realtime.http;

import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntSupplier;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Where clients connect: what {@code realtime.public-url} says, or else what can be told
 * from the request. Inject it to put the URL into a page, or into a
 * {@code Content-Security-Policy}. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ClientUrl {

	private static final Set<String> SECURE = Set.of("wss", "https");

	private static final Set<String> PLAIN = Set.of("ws", "http");

	private static final int HTTP_PORT = 80;

	private static final int HTTPS_PORT = 443;

	private final @Nullable String publicUrl;

	private final String path;

	private final @Nullable IntSupplier dedicatedPort;

	private final boolean dedicatedTls;

	/**
	 * The URL of this application.
	 * @param publicUrl where clients connect, or {@code null} if that is to be told from
	 * requests
	 * @param path the path of the WebSocket endpoint
	 * @param dedicatedPort the port of the dedicated listener, or {@code null} if there
	 * is none
	 * @param dedicatedTls whether the dedicated listener speaks TLS
	 * @throws IllegalArgumentException if the public URL is none
	 */
	public ClientUrl(@Nullable String publicUrl, String path, @Nullable IntSupplier dedicatedPort,
			boolean dedicatedTls) {
		this.publicUrl = (publicUrl != null) ? webSocketUrl(publicUrl, path) : null;
		this.path = path;
		this.dedicatedPort = dedicatedPort;
		this.dedicatedTls = dedicatedTls;
	}

	private static String webSocketUrl(String url, String path) {
		URI uri = URI.create(url);
		String scheme = (uri.getScheme() != null) ? uri.getScheme().toLowerCase(Locale.ROOT) : "";
		if (uri.getHost() == null || uri.getRawQuery() != null || uri.getRawFragment() != null
				|| (!SECURE.contains(scheme) && !PLAIN.contains(scheme))) {
			throw new IllegalArgumentException("'" + url + "' is not a URL such as wss://live.example.org");
		}
		String ownPath = uri.getRawPath();
		return (SECURE.contains(scheme) ? "wss" : "ws") + "://" + uri.getRawAuthority()
				+ ((!StringUtils.hasText(ownPath) || ownPath.equals("/")) ? path : ownPath);
	}

	/**
	 * Where the client of a request connects.
	 * @param request a request of the client
	 * @return a URL such as {@code wss://example.org/realtime}
	 */
	public String of(HttpServletRequest request) {
		if (this.publicUrl != null) {
			return this.publicUrl;
		}
		if (this.dedicatedPort != null) {
			return url(this.dedicatedTls, request.getServerName(), this.dedicatedPort.getAsInt(), this.path);
		}
		return url(request.isSecure(), request.getServerName(), request.getServerPort(),
				request.getContextPath() + this.path);
	}

	/**
	 * What {@code connect-src} of a {@code Content-Security-Policy} has to allow, besides
	 * what the page needs for itself.
	 * @param request the request for the page
	 * @return source expressions such as {@code 'self' wss://example.org}
	 */
	public String connectSrc(HttpServletRequest request) {
		URI url = URI.create(of(request));
		// 'self' is for the tokens. Not every browser takes it for WebSocket too.
		return "'self' " + url.getScheme() + "://" + url.getRawAuthority();
	}

	private static String url(boolean secure, String host, int port, String path) {
		boolean usual = port == (secure ? HTTPS_PORT : HTTP_PORT);
		return UriComponentsBuilder.newInstance()
			.scheme(secure ? "wss" : "ws")
			.host((host.indexOf(':') >= 0 && !host.startsWith("[")) ? "[" + host + "]" : host)
			.port(usual ? -1 : port)
			.path(path)
			.build()
			.toUriString();
	}

}
