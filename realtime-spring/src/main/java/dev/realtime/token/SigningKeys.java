package dev.realtime.token;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The secrets that tokens are signed with: one that signs, and others whose tokens are
 * still accepted while secrets are replaced. Immutable.
 *
 * @since 0.1.0
 */
public final class SigningKeys {

	/**
	 * The fewest bytes a secret may have: those of the hash, as RFC 7518 demands.
	 */
	public static final int MIN_SECRET_BYTES = 32;

	private final Map<String, SigningKey> byHeader = new LinkedHashMap<>();

	private final SigningKey current;

	private SigningKeys(List<String> secrets) {
		List<SigningKey> keys = secrets.stream().map(SigningKey::new).toList();
		keys.forEach((key) -> this.byHeader.put(key.headerText(), key));
		this.current = keys.get(0);
	}

	/**
	 * Keys of these secrets.
	 * @param secret signs
	 * @param previous tokens signed with these are accepted
	 * @return the keys
	 * @throws IllegalArgumentException if a secret is too short
	 */
	public static SigningKeys of(String secret, List<String> previous) {
		List<String> secrets = new ArrayList<>(previous);
		secrets.add(0, secret);
		return new SigningKeys(secrets);
	}

	/**
	 * A key that nobody else has, for a node that is alone.
	 * @param random makes the secret
	 * @return the key
	 */
	public static SigningKeys random(SecureRandom random) {
		byte[] secret = new byte[MIN_SECRET_BYTES];
		random.nextBytes(secret);
		return of(Base64.getEncoder().encodeToString(secret), List.of());
	}

	/**
	 * Whether a secret is long enough.
	 * @param secret the secret
	 * @return {@code false} if it has fewer than {@link #MIN_SECRET_BYTES}
	 */
	public static boolean isLongEnough(String secret) {
		return secret.getBytes(StandardCharsets.UTF_8).length >= MIN_SECRET_BYTES;
	}

	SigningKey current() {
		return this.current;
	}

	@Nullable SigningKey find(String headerText) {
		return this.byHeader.get(headerText);
	}

	@Override
	public String toString() {
		return this.byHeader.size() + " signing keys";
	}

}
