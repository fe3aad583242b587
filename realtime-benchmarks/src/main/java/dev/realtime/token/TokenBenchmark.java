package dev.realtime.token;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.realtime.Tenant;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long it takes to tell a token that is good from one that is not, among them the
 * longest that are read at all. Microseconds, with their distribution: none may keep a
 * thread for long.
 *
 * @since 0.1.0
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TokenBenchmark {

	private final ConnectionTokens tokens = new ConnectionTokens(
			SigningKeys.of("0123456789abcdef0123456789abcdef", List.of()), Duration.ofHours(2), InstantSource.system());

	/** What a client brings. */
	@Param({ "GENUINE", "FORGED", "LONGEST", "TOO_LONG", "FOREIGN", "DOTS" })
	private Kind kind = Kind.GENUINE;

	private String token = "";

	/**
	 * Makes the token.
	 */
	@Setup(Level.Trial)
	public void make() {
		String genuine = this.tokens.issue(new TokenSubject("alice", new Tenant("acme"), null), false, null).value();
		String header = genuine.substring(0, genuine.indexOf('.') + 1);
		int room = SignedTokens.MAX_LENGTH - header.length();
		this.token = switch (this.kind) {
			case GENUINE -> genuine;
			case FORGED -> genuine.substring(0, genuine.length() - 4) + "AAAA";
			case LONGEST -> header + "A".repeat(room - 44) + "." + "A".repeat(43);
			case TOO_LONG -> header + "A".repeat(64 * 1024);
			case FOREIGN -> "A".repeat(SignedTokens.MAX_LENGTH);
			case DOTS -> header + ".".repeat(room);
		};
	}

	/**
	 * Reads the token.
	 * @return whether it was good
	 */
	@Benchmark
	public boolean read() {
		try {
			return this.tokens.isOurs(this.token) && this.tokens.authenticate(this.token).isAuthenticated();
		}
		catch (InvalidTokenException ex) {
			return false;
		}
	}

	/**
	 * What a client may bring.
	 */
	public enum Kind {

		/** A good one. */
		GENUINE,

		/** One with another signature. */
		FORGED,

		/** As long as a token may be, with our header. */
		LONGEST,

		/** As long as a header of STOMP may be at all. */
		TOO_LONG,

		/** One that is not ours. */
		FOREIGN,

		/** One of nothing but separators. */
		DOTS

	}

}
