package dev.realtime.presence;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Time that stands still until a test moves it. Several nodes may share it.
 */
final class ManualTimer {

	private final PriorityQueue<Task> tasks = new PriorityQueue<>();

	private long nanos = 1_000_000;

	private long next;

	/**
	 * The timer of one node.
	 */
	Node node() {
		return new Node();
	}

	/**
	 * Runs what is due by then, in order.
	 */
	void pass(Duration duration) {
		long until = this.nanos + duration.toNanos();
		while (!this.tasks.isEmpty() && this.tasks.peek().at <= until) {
			Task task = this.tasks.poll();
			this.nanos = Math.max(this.nanos, task.at);
			if (task.node.paused) {
				task.node.held.add(task.runnable);
			}
			else if (!task.node.stopped) {
				task.runnable.run();
			}
		}
		this.nanos = until;
	}

	/**
	 * Runs what is due now.
	 */
	void settle() {
		pass(Duration.ZERO);
	}

	long millis() {
		return this.nanos / 1_000_000;
	}

	private record Task(long at, long order, Node node, Runnable runnable) implements Comparable<Task> {

		@Override
		public int compareTo(Task other) {
			return (this.at != other.at) ? Long.compare(this.at, other.at) : Long.compare(this.order, other.order);
		}

	}

	/**
	 * Of one node, which may die.
	 */
	final class Node implements PresenceTimer {

		private boolean stopped;

		private boolean paused;

		private final List<Runnable> held = new ArrayList<>();

		/**
		 * Does nothing for a while, as in a long collection of garbage.
		 */
		void pause() {
			this.paused = true;
		}

		void resume() {
			this.paused = false;
			this.held.forEach(this::execute);
			this.held.clear();
			settle();
		}

		@Override
		public void execute(Runnable task) {
			schedule(task, Duration.ZERO);
		}

		@Override
		public void schedule(Runnable task, Duration delay) {
			ManualTimer.this.tasks
				.add(new Task(ManualTimer.this.nanos + delay.toNanos(), ManualTimer.this.next++, this, task));
		}

		@Override
		public long nanoTime() {
			return ManualTimer.this.nanos;
		}

		@Override
		public long millis() {
			return ManualTimer.this.millis();
		}

		@Override
		public void close() {
			this.stopped = true;
		}

	}

}
