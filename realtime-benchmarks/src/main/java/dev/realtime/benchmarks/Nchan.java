package dev.realtime.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.realtime.benchmarks.client.PlainDialect;
import dev.realtime.benchmarks.server.Publisher;

/**
 * The nginx module, with a worker per core. Publishes through its HTTP API, so the time
 * from publish to client has a request in it.
 */
final class Nchan {

	/** Where Debian's package {@code libnginx-mod-nchan} puts it. */
	private static final Path MODULE = Path.of("/usr/lib/nginx/modules/ngx_nchan_module.so");

	private static final String CONFIGURATION = """
			daemon off;
			pid %1$s/nginx.pid;
			error_log %1$s/error.log;
			worker_processes auto;
			worker_rlimit_nofile 20000;
			load_module %2$s;
			events { worker_connections 20000; }
			http {
				access_log off;
				client_body_temp_path %1$s/body;
				proxy_temp_path %1$s/proxy;
				fastcgi_temp_path %1$s/fastcgi;
				uwsgi_temp_path %1$s/uwsgi;
				scgi_temp_path %1$s/scgi;
				server {
					listen 127.0.0.1:%3$d backlog=4096;
					keepalive_requests 10000000;
					location ~ /sub/(\\w+)$ { nchan_subscriber websocket; nchan_channel_id $1; }
					location ~ /pub/(\\w+)$ { nchan_publisher; nchan_channel_id $1; nchan_message_buffer_length 1000; }
				}
			}
			""";

	private Nchan() {
	}

	static boolean isInstalled() {
		return Installation.has("nginx") && Files.exists(MODULE);
	}

	static ServerKind kind() {
		return new ServerKind("nchan", new PlainDialect("/sub/%d"), Scenarios.WITHOUT_FILTERS,
				(ports, options) -> command(ports), Nchan::publisher);
	}

	private static List<String> command(Ports ports) throws IOException {
		Path directory = Files.createDirectories(Installation.target().resolve("nchan"));
		Path configuration = directory.resolve("nginx.conf");
		Files.writeString(configuration, String.format(CONFIGURATION, directory, MODULE, ports.http()));
		return List.of("nginx", "-p", directory.toString(), "-c", configuration.toString());
	}

	private static Publisher publisher(Ports ports) {
		HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
		return (id, payload) -> {
			URI uri = URI.create("http://127.0.0.1:" + ports.http() + "/pub/" + id);
			HttpRequest request = HttpRequest.newBuilder(uri)
				.POST(HttpRequest.BodyPublishers.ofString(payload.json()))
				.build();
			try {
				http.send(request, BodyHandlers.discarding());
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		};
	}

}
