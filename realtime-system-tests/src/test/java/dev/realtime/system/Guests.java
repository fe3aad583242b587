package dev.realtime.system;

import java.net.URI;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * Users that join halls, one connection each, and believe what they are told about each
 * other, as long as the versions link.
 */
final class Guests implements AutoCloseable {

	private static final JsonMapper JSON = JsonMapper.shared();

	private static final int SPREAD_MILLIS = 1000;

	private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();

	private final WebSocketClient webSockets = new WebSocketClient(null);

	private final Queue<String> faults = new ConcurrentLinkedQueue<>();

	private final List<Guest> guests;

	private final Supplier<URI> endpoints;

	/**
	 * Guests that have not come yet.
	 * @param count how many
	 * @param halls over how many halls they spread
	 * @param endpoints where they come in
	 */
	Guests(String name, int count, int halls, Supplier<URI> endpoints) {
		this.endpoints = endpoints;
		this.guests = IntStream.range(0, count)
			.mapToObj((i) -> new Guest(i, name + i % halls, new byte[count]))
			.toList();
	}

	List<Guest> all() {
		return this.guests;
	}

	Queue<String> faults() {
		return this.faults;
	}

	/**
	 * Those who do not know exactly who is there.
	 */
	List<Guest> mistaken() {
		Map<String, byte[]> truths = new HashMap<>();
		return this.guests.stream()
			.filter((guest) -> guest.wanted && !guest.knows(truths.computeIfAbsent(guest.hall, this::truth)))
			.toList();
	}

	private byte[] truth(String hall) {
		byte[] truth = new byte[this.guests.size()];
		this.guests.stream()
			.filter((guest) -> guest.wanted && guest.hall.equals(hall))
			.forEach((guest) -> truth[guest.number] = 1);
		return truth;
	}

	@Override
	public void close() {
		this.scheduler.shutdownNow();
		this.guests.forEach((guest) -> guest.drop(false));
		this.webSockets.close();
	}

	/**
	 * One of them.
	 */
	final class Guest {

		private final int number;

		private final String hall;

		/** How many sessions of whom there are. */
		private final byte[] sessions;

		private boolean wanted;

		private Visit visit;

		private long version;

		private int count;

		int frames;

		long bytes;

		Guest(int number, String hall, byte[] sessions) {
			this.number = number;
			this.hall = hall;
			this.sessions = sessions;
		}

		/**
		 * Connects, and joins unless told otherwise.
		 */
		synchronized void come(boolean joins) {
			if (this.visit == null) {
				this.wanted = true;
				this.visit = new Visit(joins);
				this.visit.open(Guests.this.endpoints.get());
			}
		}

		synchronized void join() {
			this.visit.subscribe();
		}

		/**
		 * Says good-bye.
		 */
		synchronized void leave() {
			this.wanted = false;
			if (this.visit != null) {
				this.visit.channel.writeAndFlush(new TextWebSocketFrame("DISCONNECT\n\n\0"));
				this.visit = null;
			}
		}

		/**
		 * Drops the connection.
		 */
		synchronized void drop(boolean comesBack) {
			this.wanted = comesBack;
			Visit visit = this.visit;
			this.visit = null;
			if (visit != null) {
				visit.channel.close();
			}
			if (comesBack) {
				comeLater();
			}
		}

		private void comeLater() {
			Guests.this.scheduler.schedule(() -> {
				if (this.wanted) {
					come(true);
				}
			}, ThreadLocalRandom.current().nextInt(SPREAD_MILLIS), TimeUnit.MILLISECONDS);
		}

		synchronized boolean isConnected() {
			return this.visit != null && this.visit.connected;
		}

		private synchronized boolean knows(byte[] truth) {
			return this.visit != null && this.visit.told && Arrays.equals(this.sessions, truth)
					&& this.count == IntStream.range(0, truth.length).map((i) -> truth[i]).sum();
		}

		private synchronized void ended(Visit ended, String why) {
			if (this.visit == ended) {
				this.visit = null;
				if (this.wanted) {
					comeLater();
				}
			}
		}

		private synchronized void received(Visit from, String frame) {
			if (this.visit != from) {
				return;
			}
			if (frame.startsWith("CONNECTED")) {
				from.connected = true;
				if (from.joins) {
					from.subscribe();
				}
			}
			else if (frame.contains("\nrealtime-control:presence\n")) {
				this.frames++;
				this.bytes += frame.length();
				told(from, frame.substring(frame.indexOf("\n\n") + 2));
			}
			else if (frame.contains("\"unavailable\"")) {
				from.channel.close();
			}
			else if (!frame.startsWith("RECEIPT")) {
				Guests.this.faults.add(frame);
			}
		}

		private void told(Visit from, String body) {
			try (JsonParser json = JSON.createParser(body)) {
				long now = -1;
				json.nextToken();
				while (json.nextToken() == JsonToken.PROPERTY_NAME) {
					String name = json.currentName();
					json.nextToken();
					switch (name) {
						case "version" -> now = json.getLongValue();
						case "from" -> require(from.told && json.getLongValue() == this.version, body);
						case "count" -> this.count = json.getIntValue();
						case "members" -> {
							Arrays.fill(this.sessions, (byte) 0);
							from.told = true;
							members(json, false, false, body);
						}
						case "joined" -> members(json, true, false, body);
						case "updated" -> members(json, true, true, body);
						default -> left(json, body);
					}
				}
				this.version = now;
			}
		}

		private void members(JsonParser json, boolean isDiff, boolean isKnown, String body) {
			while (json.nextToken() == JsonToken.START_OBJECT) {
				int member = -1;
				while (json.nextToken() == JsonToken.PROPERTY_NAME) {
					String name = json.currentName();
					json.nextToken();
					if (name.equals("id")) {
						member = number(json.getString());
						require(!isDiff || (this.sessions[member] > 0) == isKnown, body);
					}
					else if (name.equals("sessions")) {
						this.sessions[member] = (byte) json.getIntValue();
					}
					else {
						json.skipChildren();
					}
				}
			}
		}

		private void left(JsonParser json, String body) {
			while (json.nextToken() == JsonToken.VALUE_STRING) {
				int member = number(json.getString());
				require(this.sessions[member] > 0, body);
				this.sessions[member] = 0;
			}
		}

		private static int number(String id) {
			return Integer.parseInt(id.substring(1));
		}

		private void require(boolean expected, String body) {
			if (!expected && Guests.this.faults.size() < 10) {
				Guests.this.faults.add(this + " did not expect " + body.substring(0, Math.min(500, body.length())));
			}
		}

		@Override
		public String toString() {
			return "u" + this.number;
		}

		/**
		 * One connection.
		 */
		private final class Visit implements WebSocketClient.Listener {

			private final StringBuilder incomplete = new StringBuilder();

			private final boolean joins;

			private Channel channel;

			private boolean connected;

			private boolean told;

			Visit(boolean joins) {
				this.joins = joins;
			}

			void open(URI endpoint) {
				this.channel = Guests.this.webSockets.open(endpoint, this);
			}

			void subscribe() {
				this.channel.writeAndFlush(new TextWebSocketFrame("SUBSCRIBE\nid:s\ndestination:/realtime/hall."
						+ Guest.this.hall + "\nreceipt:r\npresence:join\n\n\0"));
			}

			@Override
			public void opened(Channel channel) {
				channel.writeAndFlush(
						new TextWebSocketFrame("CONNECT\naccept-version:1.2\nhost:localhost\nheart-beat:0,0\n"
								+ "Authorization:Bearer u" + Guest.this.number + ".acme\n\n\0"));
			}

			@Override
			public void received(Channel channel, String text) {
				this.incomplete.append(text);
				int start = 0;
				int end = this.incomplete.indexOf("\0");
				while (end >= 0) {
					Guest.this.received(this, this.incomplete.substring(start, end).stripLeading());
					start = end + 1;
					end = this.incomplete.indexOf("\0", start);
				}
				this.incomplete.delete(0, start);
			}

			@Override
			public void ended(int code, String reason) {
				Guest.this.ended(this, code + " " + reason);
			}

		}

	}

}
