package dev.realtime.core;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import dev.realtime.StreamPosition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Batch}.
 */
class BatchTests {

	private final JoiningEncoder encoder = new JoiningEncoder();

	private final List<String> created = new ArrayList<>();

	@Test
	void whenFramesAreTheSameThenBatchIsSharedAndJoinedOnce() {
		Batch<String> empty = new Batch<>();
		Batch<String> first = empty.with("a").with("b").with("a");
		Batch<String> second = empty.with("a").with("b").with("a");
		assertThat(second).isSameAs(first);
		assertThat(joined(first)).containsExactly("aba");
		assertThat(joined(second)).containsExactly("aba");
		assertThat(this.created).containsExactly("aba");
	}

	@Test
	void whenFramesDifferThenEachBatchHasItsOwn() {
		Batch<String> empty = new Batch<>();
		Batch<String> common = empty.with("a");
		assertThat(joined(common.with("b"))).containsExactly("ab");
		assertThat(joined(common.with("c").with("b"))).containsExactly("acb");
		assertThat(joined(common)).containsExactly("a");
		assertThat(joined(empty.with("b"))).containsExactly("b");
	}

	@Test
	void whenManyFramesFollowThenNoneIsMistaken() {
		Batch<String> empty = new Batch<>();
		List<String> frames = IntStream.range(0, 100).mapToObj(Integer::toString).toList();
		for (int round = 0; round < 2; round++) {
			assertThat(frames).allSatisfy((frame) -> assertThat(joined(empty.with(frame))).containsExactly(frame));
		}
	}

	private List<String> joined(Batch<String> batch) {
		return batch.joined(this.encoder, this.created::add).stream().map(JoinedFrames::message).toList();
	}

	private static final class JoiningEncoder implements FrameEncoder<String> {

		@Override
		public List<JoinedFrames<String>> join(List<String> frames) {
			return List.of(new JoinedFrames<>(String.join("", frames), frames.size()));
		}

		@Override
		public String message(Publication publication, Subscription<String> subscription, DeliveryMode mode) {
			throw new UnsupportedOperationException();
		}

		@Override
		public String live(Subscription<String> subscription, String receipt, StreamPosition position,
				@Nullable Boolean recovered) {
			throw new UnsupportedOperationException();
		}

		@Override
		public String gap(Subscription<String> subscription) {
			throw new UnsupportedOperationException();
		}

	}

}
