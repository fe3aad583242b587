package dev.realtime.benchmarks.client;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Payloads as they are, one in a message. The client asks for its ids in a text message
 * that the server answers with {@code ok}; or, with a path that holds {@code %d}, by the
 * path alone.
 *
 * @param path the path of the endpoint
 * @since 0.1.0
 */
public record PlainDialect(String path) implements Dialect {

	@Override
	public Handshake handshake(Wanted wanted) {
		return new Handshake(acknowledges() ? this.path : String.format(this.path, wanted.ids()[0]), List.of());
	}

	@Override
	public void opened(ClientConnection connection) {
		if (acknowledges()) {
			connection.send(Arrays.stream(connection.wanted().ids())
				.mapToObj(Integer::toString)
				.collect(Collectors.joining(",")));
		}
		connection.asked();
	}

	@Override
	public void message(ClientConnection connection, byte[] bytes, int from, int to) {
		if (Payloads.endsAt(bytes, from, to)) {
			connection.delivered(bytes, to);
		}
		else if (to - from == 2 && bytes[from] == 'o') {
			connection.acknowledgedAll();
		}
		else {
			connection.fail("Neither a payload nor an acknowledgement");
		}
	}

	@Override
	public boolean acknowledges() {
		return !this.path.contains("%d");
	}

}
