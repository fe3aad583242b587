package dev.realtime.autoconfigure.app;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.springframework.stereotype.Component;

/**
 * Lets tests hold code of the application for as long as they like.
 */
@Component
public class Gates {

	private static final long TIMEOUT_SECONDS = 20;

	private final Map<String, Gate> gates = new ConcurrentHashMap<>();

	/**
	 * Called by the application: waits until the gate is open.
	 * @param name the name of the gate
	 */
	public void pass(String name) {
		Gate gate = gate(name);
		gate.reached.countDown();
		await(gate.open);
	}

	/**
	 * Called by tests: waits until the application stands before the gate.
	 * @param name the name of the gate
	 */
	public void awaitReached(String name) {
		await(gate(name).reached);
	}

	public void open(String name) {
		gate(name).open.countDown();
	}

	private Gate gate(String name) {
		return this.gates.computeIfAbsent(name, (absent) -> new Gate(new CountDownLatch(1), new CountDownLatch(1)));
	}

	private static void await(CountDownLatch latch) {
		try {
			if (!latch.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
				throw new IllegalStateException("Nobody came");
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private record Gate(CountDownLatch reached, CountDownLatch open) {

	}

}
