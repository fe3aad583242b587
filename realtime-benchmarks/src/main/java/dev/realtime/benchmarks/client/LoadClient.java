package dev.realtime.benchmarks.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.HdrHistogram.Histogram;

/**
 * Many connections to one server, on one thread. Its methods may be called by any thread.
 *
 * @since 0.1.0
 */
public final class LoadClient implements AutoCloseable {

	private static final int READ_BUFFER = 256 * 1024;

	/** Room for what a read leaves incomplete: a frame, which is never that large. */
	private static final int CARRY = 256 * 1024;

	private static final long MAX_CONNECT_NANOS = Duration.ofMinutes(5).toNanos();

	private static final int DIGITS = 3;

	private final Dialect dialect;

	private final InetSocketAddress target;

	private final int handshakes;

	private final int receiveBuffer;

	private final Selector selector;

	private final Thread thread;

	private final ByteBuffer in = ByteBuffer.allocateDirect(READ_BUFFER);

	private final byte[] bytes = new byte[READ_BUFFER + CARRY];

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final Queue<Wanted> waiting = new ArrayDeque<>();

	private final List<ClientConnection> connections = new ArrayList<>();

	private final Map<String, Integer> closed = new TreeMap<>();

	private final Histogram subscribeTimes = new Histogram(MAX_CONNECT_NANOS, DIGITS);

	private Tally tally = new Tally(1);

	private int connecting;

	private int subscribed;

	private int ready;

	private volatile boolean running = true;

	/**
	 * A client without connections.
	 * @param dialect what the server speaks
	 * @param target where it listens
	 * @param handshakes the most connections that may be on their way at a time
	 * @param receiveBuffer bytes of the sockets' receive buffers, or zero for the
	 * system's choice
	 * @throws IOException if there is no selector
	 */
	public LoadClient(Dialect dialect, InetSocketAddress target, int handshakes, int receiveBuffer) throws IOException {
		this.dialect = dialect;
		this.target = target;
		this.handshakes = handshakes;
		this.receiveBuffer = receiveBuffer;
		this.selector = Selector.open();
		this.thread = new Thread(this::run, "load-client");
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/**
	 * Opens connections, in addition to those there are.
	 * @param wanted what each subscribes to
	 */
	public void connect(Stream<Wanted> wanted) {
		ask(() -> wanted.forEach(this.waiting::add));
	}

	/**
	 * Starts to count anew.
	 * @param streams the number of ids that publications are about
	 */
	public void count(int streams) {
		ask(() -> this.tally = new Tally(streams));
	}

	/**
	 * Starts to count what the clients send each other anew, of which only that of one
	 * sender has an order.
	 * @param senders the number of connections that send: of each the messages whose
	 * numbers are its own modulo that
	 */
	public void countSent(int senders) {
		ask(() -> this.tally = new Tally(1, senders));
	}

	/**
	 * Has a connection send something, as soon as its thread comes to it.
	 * @param number counted from zero
	 * @param text a text message
	 */
	public void send(int number, String text) {
		this.tasks.add(() -> this.connections.get(number).send(text));
		this.selector.wakeup();
	}

	/**
	 * Stops reading from some connections, and leaves them out of what is counted.
	 * @param count how many, the oldest first
	 */
	public void pause(int count) {
		ask(() -> this.connections.subList(0, count).forEach(ClientConnection::pause));
	}

	/**
	 * Reads on from those that stopped.
	 */
	public void resume() {
		ask(() -> this.connections.stream()
			.filter((connection) -> connection.paused)
			.forEach(ClientConnection::resume));
	}

	/**
	 * How far it is.
	 * @return a snapshot
	 */
	public Progress progress() {
		return ask(() -> new Progress(this.subscribed, this.ready, this.tally.deliveries(), this.tally.disorder(),
				this.closed.values().stream().mapToInt(Integer::intValue).sum(), Map.copyOf(this.closed)));
	}

	/**
	 * What was counted. Not to be called while messages arrive.
	 * @return the tally
	 */
	public Tally counted() {
		return ask(() -> this.tally);
	}

	/**
	 * From the start of the TCP connection until the server acknowledged the
	 * subscriptions, or until they were sent where it does not.
	 * @return nanoseconds
	 */
	public Histogram subscribeTimes() {
		return ask(this.subscribeTimes::copy);
	}

	private void ask(Runnable task) {
		ask(() -> {
			task.run();
			return true;
		});
	}

	private <T> T ask(Supplier<T> question) {
		CompletableFuture<T> answer = new CompletableFuture<>();
		this.tasks.add(() -> {
			try {
				answer.complete(question.get());
			}
			catch (RuntimeException ex) {
				answer.completeExceptionally(ex);
			}
		});
		this.selector.wakeup();
		return answer.join();
	}

	private void run() {
		try {
			while (this.running) {
				this.selector.select();
				for (SelectionKey key : this.selector.selectedKeys()) {
					((ClientConnection) key.attachment()).selected();
				}
				this.selector.selectedKeys().clear();
				for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
					task.run();
				}
				connectMore();
			}
			this.connections.forEach(ClientConnection::close);
			this.selector.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void connectMore() throws IOException {
		while (this.connecting < this.handshakes && !this.waiting.isEmpty()) {
			this.connecting++;
			this.connections.add(new ClientConnection(this, this.connections.size(), this.waiting.remove(), this.target,
					this.selector, this.receiveBuffer));
		}
	}

	Dialect dialect() {
		return this.dialect;
	}

	InetSocketAddress target() {
		return this.target;
	}

	ByteBuffer in() {
		return this.in;
	}

	byte[] bytes() {
		return this.bytes;
	}

	Tally tally() {
		return this.tally;
	}

	void subscribed(long nanos) {
		this.connecting--;
		this.subscribed++;
		this.subscribeTimes.recordValue(Math.min(MAX_CONNECT_NANOS, nanos));
	}

	void ready() {
		this.ready++;
	}

	void closed(ClientConnection connection, int code, String reason) {
		if (connection.isConnecting()) {
			this.connecting--;
		}
		this.closed.merge(connection.paused ? "paused " + code : code + " " + reason, 1, Integer::sum);
	}

	/**
	 * Closes all connections.
	 */
	@Override
	public void close() {
		this.running = false;
		this.selector.wakeup();
		try {
			this.thread.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * A snapshot.
	 *
	 * @param subscribed connections whose subscriptions the server acknowledged, or that
	 * sent them where it does not
	 * @param ready connections whose subscriptions are live
	 * @param deliveries messages counted
	 * @param disorder messages that should not have arrived
	 * @param closed connections that ended
	 * @param closeReasons how often for which reason
	 */
	public record Progress(int subscribed, int ready, long deliveries, long disorder, int closed,
			Map<String, Integer> closeReasons) {

	}

}
