package dev.realtime.core;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Keeps what a connection was sent. May be read by any thread.
 */
class RecordingSink implements FrameSink<String> {

	private final List<String> frames = new ArrayList<>();

	private final List<String> calls = new ArrayList<>();

	private boolean writable = true;

	@Override
	public synchronized void write(String frame, int frames) {
		this.frames.add(frame);
		this.calls.add("write " + frame);
		notifyAll();
	}

	@Override
	public synchronized boolean isWritable() {
		return this.writable;
	}

	synchronized void setWritable(boolean writable) {
		this.writable = writable;
	}

	@Override
	public synchronized void flush() {
		this.calls.add("flush");
		notifyAll();
	}

	@Override
	public synchronized void close(CloseReason reason) {
		this.calls.add("close " + reason);
	}

	@Override
	public synchronized void tick(long nanoTime) {
		this.calls.add("tick");
		notifyAll();
	}

	/**
	 * Waits for a call, until the timeout of the test interrupts it.
	 */
	synchronized void awaitCall(Predicate<String> call) throws InterruptedException {
		while (this.calls.stream().noneMatch(call)) {
			wait();
		}
	}

	/**
	 * The frames alone.
	 */
	synchronized List<String> frames() {
		return List.copyOf(this.frames);
	}

	/**
	 * All calls, in order.
	 */
	synchronized List<String> calls() {
		return List.copyOf(this.calls);
	}

	/**
	 * Forgets everything.
	 * @return the frames there were
	 */
	synchronized List<String> clear() {
		List<String> cleared = List.copyOf(this.frames);
		this.frames.clear();
		this.calls.clear();
		return cleared;
	}

}
