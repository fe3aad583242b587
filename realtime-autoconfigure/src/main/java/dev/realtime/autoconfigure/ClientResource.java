package dev.realtime.autoconfigure;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.GZIPOutputStream;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.util.DigestUtils;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.context.request.ServletWebRequest;

/**
 * Serves a file of the browser client, compressed where the browser can take that.
 * Browsers keep it and ask each time whether it is still the one, so that a page never
 * runs the client of another version of the server.
 */
final class ClientResource implements HttpRequestHandler {

	private static final List<String> METHODS = List.of("GET", "HEAD");

	private final MediaType type;

	private final SingletonSupplier<Content> content;

	ClientResource(Resource resource, MediaType type) {
		this.type = type;
		this.content = SingletonSupplier.of(() -> Content.of(resource));
	}

	@Override
	public void handleRequest(HttpServletRequest request, HttpServletResponse response)
			throws IOException, HttpRequestMethodNotSupportedException {
		if (!METHODS.contains(request.getMethod())) {
			throw new HttpRequestMethodNotSupportedException(request.getMethod(), METHODS);
		}
		Content content = this.content.obtain();
		boolean compressed = accepts(request, "gzip");
		response.setHeader(HttpHeaders.CACHE_CONTROL, CacheControl.noCache().getHeaderValue());
		response.setHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
		if (new ServletWebRequest(request, response).checkNotModified(content.tag(compressed))) {
			return;
		}
		response.setContentType(this.type.toString());
		response.setHeader("X-Content-Type-Options", "nosniff");
		if (compressed) {
			response.setHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
		}
		byte[] bytes = compressed ? content.compressed() : content.plain();
		response.setContentLength(bytes.length);
		if (!HttpMethod.HEAD.matches(request.getMethod())) {
			response.getOutputStream().write(bytes);
		}
	}

	private static boolean accepts(HttpServletRequest request, String encoding) {
		String accepted = request.getHeader(HttpHeaders.ACCEPT_ENCODING);
		return accepted != null && accepted.contains(encoding) && !accepted.contains(encoding + ";q=0");
	}

	/**
	 * The bytes of a file, which do not change.
	 *
	 * @param plain as they are
	 * @param compressed by gzip
	 * @param version a hash of them
	 */
	private record Content(byte[] plain, byte[] compressed, String version) {

		static Content of(Resource resource) {
			try {
				byte[] plain = resource.getContentAsByteArray();
				ByteArrayOutputStream compressed = new ByteArrayOutputStream();
				try (OutputStream gzip = new GZIPOutputStream(compressed)) {
					gzip.write(plain);
				}
				return new Content(plain, compressed.toByteArray(), DigestUtils.md5DigestAsHex(plain));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		/** RFC 9110, "Entity Tags Vary on Content Negotiation". */
		String tag(boolean compressed) {
			return '"' + this.version + (compressed ? "-gzip" : "") + '"';
		}

	}

}
