package dev.realtime.system;

import java.net.URI;

import dev.realtime.StreamPosition;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;

/**
 * A client with one subscription, which comes back when its connection ends and goes on
 * where it was.
 */
final class Client {

	private static final String SUBSCRIPTION = "s";

	private final Audience audience;

	private Connection connection;

	private StreamPosition position;

	private boolean away = true;

	Client(Audience audience) {
		this.audience = audience;
	}

	synchronized void connect(URI endpoint) {
		this.away = false;
		if (this.connection == null) {
			this.connection = new Connection(endpoint);
			this.connection.open();
		}
	}

	/**
	 * Drops the connection and does not come back by itself.
	 */
	synchronized void leave() {
		this.away = true;
		if (this.connection != null) {
			this.connection.abort();
			this.connection = null;
		}
	}

	synchronized boolean isLive() {
		return this.connection != null && this.connection.live;
	}

	synchronized boolean isAt(Node node) {
		return isLive() && node.endpoints().contains(this.connection.endpoint);
	}

	synchronized long offset() {
		return (this.position != null) ? this.position.offset() : -1;
	}

	private synchronized void ended(Connection ended, int code, String reason) {
		if (this.connection != ended) {
			return;
		}
		this.connection = null;
		ended.abort();
		if (!this.away) {
			this.audience.ended(this, new Ending(ended.endpoint, code, reason));
		}
	}

	private synchronized void received(Connection from, String frame) {
		if (this.connection != from) {
			return;
		}
		switch (frame.substring(0, frame.indexOf('\n'))) {
			case "CONNECTED" -> from.send(subscribe());
			case "RECEIPT" -> live(from, frame);
			case "MESSAGE" -> message(from, frame);
			default -> this.audience.fault(frame);
		}
	}

	private String subscribe() {
		return "SUBSCRIBE\nid:" + SUBSCRIPTION + "\ndestination:/realtime/" + this.audience.topic() + "\nreceipt:r\n"
				+ this.audience.credentials().subscribe(this.audience.topic())
				+ ((this.position != null) ? "since:" + this.position : "replay:none") + "\n\n\0";
	}

	private void live(Connection from, String receipt) {
		from.live = true;
		if (this.position == null) {
			this.position = StreamPosition.parse(header(receipt, "position"));
		}
		else if (!"true".equals(header(receipt, "recovered"))) {
			this.audience.fault("Not recovered from " + this.position + ": " + receipt);
		}
	}

	private void message(Connection from, String frame) {
		String control = header(frame, "realtime-control");
		if (control != null) {
			if (frame.contains("\"unavailable\"")) {
				ended(from, 0, "unavailable");
			}
			else {
				this.audience.fault(frame);
			}
			return;
		}
		StreamPosition next = StreamPosition.parse(header(frame, "message-id"));
		if (!next.epoch().equals(this.position.epoch()) || next.offset() != this.position.offset() + 1) {
			this.audience.fault("Expected what follows " + this.position + ": " + frame);
		}
		this.position = next;
		this.audience.delivered(next, frame.substring(frame.indexOf("\n\n") + 2));
	}

	private static String header(String frame, String name) {
		int start = frame.indexOf("\n" + name + ":");
		if (start < 0 || start > frame.indexOf("\n\n")) {
			return null;
		}
		int value = start + name.length() + 2;
		return frame.substring(value, frame.indexOf('\n', value));
	}

	/**
	 * How a connection ended.
	 *
	 * @param endpoint where it led
	 * @param code the code of the close frame, or zero if there was none
	 * @param reason what came with it
	 */
	record Ending(URI endpoint, int code, String reason) {

	}

	/**
	 * One connection. What comes from one that was replaced does not count.
	 */
	private final class Connection implements WebSocketClient.Listener {

		private final URI endpoint;

		private final StringBuilder incomplete = new StringBuilder();

		private String connect;

		private Channel channel;

		private boolean live;

		Connection(URI endpoint) {
			this.endpoint = endpoint;
		}

		void open() {
			this.connect = "CONNECT\naccept-version:1.2\nhost:localhost\nheart-beat:0,0\n"
					+ Client.this.audience.credentials().connect() + "\n\0";
			this.channel = Client.this.audience.open(this.endpoint, this);
		}

		void send(String frame) {
			this.channel.writeAndFlush(new TextWebSocketFrame(frame));
		}

		void abort() {
			this.channel.close();
		}

		@Override
		public void opened(Channel channel) {
			channel.writeAndFlush(new TextWebSocketFrame(this.connect));
		}

		@Override
		public void received(Channel channel, String text) {
			this.incomplete.append(text);
			int start = 0;
			int end = this.incomplete.indexOf("\0");
			while (end >= 0) {
				Client.this.received(this, this.incomplete.substring(start, end));
				start = end + 1;
				end = this.incomplete.indexOf("\0", start);
			}
			this.incomplete.delete(0, start);
		}

		@Override
		public void ended(int code, String reason) {
			Client.this.ended(this, code, reason);
		}

	}

}
