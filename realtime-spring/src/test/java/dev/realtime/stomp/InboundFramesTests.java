package dev.realtime.stomp;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.ExecutorChannelInterceptor;
import org.springframework.messaging.support.ExecutorSubscribableChannel;
import org.springframework.messaging.support.MessageBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link InboundFrames}, on a real channel.
 */
@Timeout(60)
class InboundFramesTests {

	private final ExecutorService executor = Executors.newFixedThreadPool(4);

	private final ExecutorSubscribableChannel channel = channel(new ExecutorSubscribableChannel(this.executor));

	private final List<String> handled = new CopyOnWriteArrayList<>();

	@AfterEach
	void shutDown() {
		this.executor.shutdownNow();
	}

	@Test
	void whileOneFrameIsHandledTheNextWaits() throws Exception {
		CountDownLatch gate = new CountDownLatch(1);
		this.channel.subscribe((message) -> {
			if (text(message).equals("1")) {
				pass(gate);
			}
			this.handled.add(text(message));
		});
		InboundFrames frames = frames(this.channel);
		assertThat(offer(frames, "1")).isTrue();
		assertThat(offer(frames, "2")).isTrue();
		assertThat(offer(frames, "3")).isTrue();
		assertThat(this.handled).isEmpty();
		gate.countDown();
		awaitHandled("1", "2", "3");
	}

	@Test
	void whileOneOfSeveralHandlersIsAtWorkTheNextFrameWaits() throws Exception {
		CountDownLatch gate = new CountDownLatch(1);
		CountDownLatch fastIsDone = new CountDownLatch(1);
		this.channel.subscribe((message) -> {
			if (text(message).equals("1")) {
				pass(gate);
			}
			this.handled.add("slow " + text(message));
		});
		this.channel.subscribe((message) -> {
			this.handled.add("fast " + text(message));
			fastIsDone.countDown();
		});
		InboundFrames frames = frames(this.channel);
		offer(frames, "1");
		offer(frames, "2");
		assertThat(fastIsDone.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(this.handled).containsExactly("fast 1");
		gate.countDown();
		await().untilAsserted(() -> assertThat(this.handled).hasSize(4));
		assertThat(this.handled.subList(0, 2)).containsExactly("fast 1", "slow 1");
		assertThat(this.handled.subList(2, 4)).containsExactlyInAnyOrder("fast 2", "slow 2");
	}

	@Test
	void whenAnAnswerFailsThenTheNextFrameIsHandledAllTheSame() {
		this.channel.subscribe((message) -> this.handled.add(text(message)));
		InboundFrames frames = new InboundFrames(() -> 1, this.channel::send, (message) -> {
			throw new IllegalStateException("Expected by a test");
		});
		offer(frames, "1");
		offer(frames, "2");
		awaitHandled("1", "2");
	}

	@Test
	void orderHoldsOnRealThreads() {
		Set<String> atWork = ConcurrentHashMap.newKeySet();
		List<String> overlaps = new CopyOnWriteArrayList<>();
		Random random = new Random(7);
		for (String handler : List.of("a", "b", "c")) {
			this.channel.subscribe((message) -> {
				atWork.add(text(message));
				if (atWork.size() > 1) {
					overlaps.add(atWork.toString());
				}
				LockSupport.parkNanos(random.nextInt(20_000));
				this.handled.add(handler + text(message));
				if (this.handled.stream().filter((done) -> done.substring(1).equals(text(message))).count() == 3) {
					atWork.remove(text(message));
				}
			});
		}
		InboundFrames frames = frames((message) -> !text(message).endsWith("7") && this.channel.send(message));
		for (int i = 0; i < 500; i++) {
			assertThat(offer(frames, Integer.toString(i))).isTrue();
		}
		await().untilAsserted(() -> assertThat(this.handled).hasSize(450 * 3));
		assertThat(overlaps).isEmpty();
		for (String handler : List.of("a", "b", "c")) {
			assertThat(this.handled.stream().filter((done) -> done.startsWith(handler)))
				.containsExactlyElementsOf(IntStream.range(0, 500)
					.mapToObj(Integer::toString)
					.filter((number) -> !number.endsWith("7"))
					.map(handler::concat)
					.toList());
		}
	}

	@Test
	void framesThatAreConsumedAreHandledByTheCaller() {
		List<Thread> threads = new ArrayList<>();
		InboundFrames frames = frames((message) -> {
			threads.add(Thread.currentThread());
			this.handled.add(text(message));
			return false;
		});
		offer(frames, "1");
		offer(frames, "2");
		assertThat(this.handled).containsExactly("1", "2");
		assertThat(threads).containsOnly(Thread.currentThread());
	}

	@Test
	void framesThatAreConsumedWaitForThoseBefore() {
		CountDownLatch gate = new CountDownLatch(1);
		this.channel.subscribe((message) -> {
			pass(gate);
			this.handled.add(text(message));
		});
		InboundFrames frames = frames((message) -> {
			if (text(message).startsWith("ours")) {
				this.handled.add(text(message));
				return false;
			}
			return this.channel.send(message);
		});
		offer(frames, "1");
		offer(frames, "ours 2");
		offer(frames, "ours 3");
		offer(frames, "4");
		assertThat(this.handled).isEmpty();
		gate.countDown();
		awaitHandled("1", "ours 2", "ours 3", "4");
	}

	@Test
	void whenHandlerThrowsThenTheNextFrameIsHandled() {
		this.channel.subscribe((message) -> {
			this.handled.add(text(message));
			throw new IllegalStateException("Caused on purpose");
		});
		InboundFrames frames = frames(this.channel);
		offer(frames, "1");
		offer(frames, "2");
		awaitHandled("1", "2");
	}

	@Test
	void whenDispatcherThrowsThenTheNextFrameIsHandled() {
		InboundFrames frames = frames((message) -> {
			this.handled.add(text(message));
			if (text(message).equals("1")) {
				throw new IllegalStateException("Caused on purpose");
			}
			return false;
		});
		assertThatIllegalStateException().isThrownBy(() -> offer(frames, "1")).withMessage("Caused on purpose");
		assertThat(offer(frames, "2")).isTrue();
		assertThat(this.handled).containsExactly("1", "2");
	}

	@Test
	void whenAnInterceptorKeepsAFrameFromAHandlerThenTheNextFrameIsHandled() {
		this.channel.addInterceptor(new ExecutorChannelInterceptor() {

			@Override
			public Message<?> beforeHandle(Message<?> message, MessageChannel channel, MessageHandler handler) {
				return text(message).equals("1") ? null : message;
			}

		});
		this.channel.subscribe((message) -> this.handled.add(text(message)));
		InboundFrames frames = frames(this.channel);
		offer(frames, "1");
		offer(frames, "2");
		awaitHandled("2");
	}

	@Test
	void whenThereIsNoHandlerThenTheNextFrameIsHandled() {
		List<String> sent = new ArrayList<>();
		InboundFrames frames = frames((message) -> {
			sent.add(text(message));
			return this.channel.send(message);
		});
		offer(frames, "1");
		offer(frames, "2");
		assertThat(sent).containsExactly("1", "2");
	}

	@Test
	void whenChannelHasNoThreadsThenManyFramesDoNotFillTheStack() {
		ExecutorSubscribableChannel direct = channel(new ExecutorSubscribableChannel());
		InboundFrames frames = frames(direct);
		direct.subscribe((message) -> {
			if (this.handled.isEmpty()) {
				for (int i = 1; i < 1024; i++) {
					offer(frames, Integer.toString(i));
				}
				assertThat(this.handled).isEmpty();
			}
			this.handled.add(text(message));
		});
		offer(frames, "0");
		assertThat(this.handled).hasSize(1024).startsWith("0", "1", "2").endsWith("1023");
	}

	@Test
	void whatWaitsIsBounded() {
		CountDownLatch gate = new CountDownLatch(1);
		this.channel.subscribe((message) -> {
			pass(gate);
			this.handled.add(text(message));
		});
		InboundFrames frames = frames(this.channel);
		offer(frames, "at work");
		for (int i = 0; i < 1024; i++) {
			assertThat(offer(frames, "waiting")).isTrue();
		}
		assertThat(offer(frames, "too many")).isFalse();
		gate.countDown();
		await().untilAsserted(() -> assertThat(this.handled).hasSize(1025));
		assertThat(this.handled).doesNotContain("too many");
		assertThat(offer(frames, "later")).isTrue();
	}

	@Test
	void messagesOfOthersDoNotMatter() {
		this.channel.subscribe((message) -> this.handled.add(text(message)));
		this.channel.send(MessageBuilder.withPayload("other".getBytes()).build());
		awaitHandled("other");
	}

	private static ExecutorSubscribableChannel channel(ExecutorSubscribableChannel channel) {
		channel.addInterceptor(new InboundFrames.DoneInterceptor());
		return channel;
	}

	private InboundFrames frames(ExecutorSubscribableChannel channel) {
		return new InboundFrames(() -> channel.getSubscribers().size(), channel::send, (message) -> {
		});
	}

	private InboundFrames frames(Predicate<Message<byte[]>> dispatcher) {
		return new InboundFrames(() -> this.channel.getSubscribers().size(), dispatcher, (message) -> {
		});
	}

	private static boolean offer(InboundFrames frames, String text) {
		StompHeaderAccessor headers = StompHeaderAccessor.create(StompCommand.SEND);
		headers.setLeaveMutable(true);
		return frames.offer(MessageBuilder.createMessage(text.getBytes(), headers.getMessageHeaders()), headers);
	}

	private static String text(Message<?> message) {
		return new String((byte[]) message.getPayload());
	}

	private void awaitHandled(String... texts) {
		// What handlers throw is uncaught in the executor of the channel.
		await().dontCatchUncaughtExceptions().untilAsserted(() -> assertThat(this.handled).containsExactly(texts));
	}

	private static void pass(CountDownLatch gate) {
		try {
			assertThat(gate.await(10, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
