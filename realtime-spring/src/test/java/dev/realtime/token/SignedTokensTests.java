package dev.realtime.token;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.security.core.Authentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Forged, stolen and old tokens: T5 and T6 of the threats.
 */
@Timeout(120)
@Tag("T5")
@Tag("T6")
class SignedTokensTests {

	private static final String SECRET = "0123456789abcdef0123456789abcdef";

	private static final String OTHER_SECRET = "fedcba9876543210fedcba9876543210";

	private static final Duration TTL = Duration.ofSeconds(60);

	private static final TokenSubject ALICE = new TokenSubject("alice", new Tenant("acme"), null);

	private Instant now = Instant.parse("2030-01-01T00:00:00Z");

	private final ConnectionTokens tokens = connections(SigningKeys.of(SECRET, List.of()));

	private ConnectionTokens connections(SigningKeys keys) {
		return new ConnectionTokens(keys, TTL, () -> this.now);
	}

	@Test
	void tokenSaysWhoItIsFor() {
		IssuedToken token = this.tokens.issue(new TokenSubject("alice", new Tenant("acme"), "hash"), false,
				this.now.plusSeconds(600));
		Authentication user = this.tokens.authenticate(token.value());
		assertThat(user.isAuthenticated()).isTrue();
		assertThat(user.getName()).isEqualTo("alice");
		assertThat(user.getAuthorities()).isEmpty();
		assertThat(user.getPrincipal())
			.isEqualTo(new ConnectionUser("alice", new Tenant("acme"), "hash", this.now.plusSeconds(600)));
		assertThat(token.expiresAt()).isEqualTo(this.now.plus(TTL));
	}

	@Test
	void tokensAreDifferentEachTime() {
		assertThat(issue()).isNotEqualTo(issue());
	}

	@Test
	void headerIsAsDocumented() {
		assertThat(new String(Base64.getUrlDecoder().decode(issue().split("\\.")[0]), StandardCharsets.UTF_8))
			.matches("\\{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"[A-Za-z0-9_-]{8}\"}");
	}

	@Test
	void whenAnyBitOfTheTextIsFlippedThenTokenIsRefused() {
		byte[] token = issue().getBytes(StandardCharsets.US_ASCII);
		for (int i = 0; i < token.length; i++) {
			for (int bit = 0; bit < 8; bit++) {
				token[i] ^= (byte) (1 << bit);
				assertRefused(new String(token, StandardCharsets.ISO_8859_1));
				token[i] ^= (byte) (1 << bit);
			}
		}
		this.tokens.authenticate(new String(token, StandardCharsets.US_ASCII));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void whenAnyBitOfWhatTheTextEncodesIsFlippedThenTokenIsRefused(int part) {
		String[] parts = issue().split("\\.");
		byte[] bytes = Base64.getUrlDecoder().decode(parts[part]);
		for (int bit = 0; bit < bytes.length * 8; bit++) {
			bytes[bit / 8] ^= (byte) (1 << bit % 8);
			parts[part] = encode(bytes);
			assertRefused(String.join(".", parts));
			bytes[bit / 8] ^= (byte) (1 << bit % 8);
		}
	}

	@Test
	void whenBitsThatEncodeNothingAreSetThenTokenIsRefused() {
		String token = issue();
		char last = token.charAt(token.length() - 1);
		String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
		alphabet.chars()
			.filter((other) -> other != last)
			.forEach((other) -> assertRefused(token.substring(0, token.length() - 1) + (char) other));
	}

	@Test
	void whenTokenIsCutOrExtendedAnywhereThenItIsRefused() {
		String token = issue();
		for (int i = 0; i < token.length(); i++) {
			assertRefused(token.substring(0, i));
			assertRefused(token.substring(i + 1));
			for (String more : List.of("A", "=", ".", " ", "\n", "\0", "\u00e4")) {
				assertRefused(token.substring(0, i) + more + token.substring(i));
			}
		}
		Stream.of("A", "=", "==", ".", ".A", " ", "\n", "\0", "\ud83d\ude00").forEach((more) -> {
			assertRefused(token + more);
			assertRefused(more + token);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".", "..", "...", "a.b.c", "{}", "null", "....", " ", "\0", "e30.e30.e30" })
	void whenTokenIsNoneThenItIsRefused(String token) {
		assertRefused(token);
	}

	@Test
	void whenTokenIsHugeThenItIsRefusedAtOnce() {
		String[] parts = issue().split("\\.");
		assertRefused(parts[0] + "." + "A".repeat(50_000_000) + "." + parts[2]);
		assertRefused(".".repeat(10_000_000));
		assertThatExceptionOfType(InvalidTokenException.class).isThrownBy(
				() -> this.tokens.authenticate(parts[0] + "." + "A".repeat(SignedTokens.MAX_LENGTH) + "." + parts[2]))
			.withMessage("The token is too long");
	}

	@ParameterizedTest
	@MethodSource
	void whenHeaderNamesAnotherAlgorithmThenTokenIsRefused(String header) throws Exception {
		String[] parts = issue().split("\\.");
		parts[0] = encode(header.replace("KID", kid()).getBytes(StandardCharsets.UTF_8));
		assertRefused(String.join(".", parts));
		assertRefused(parts[0] + "." + parts[1] + ".");
		assertRefused(parts[0] + "." + parts[1] + "." + encode(new byte[32]));
		assertRefused(sign(parts[0] + "." + parts[1], "HmacSHA256"));
		assertRefused(sign(parts[0] + "." + parts[1], "HmacSHA384"));
		assertRefused(sign(parts[0] + "." + parts[1], "HmacSHA512"));
	}

	static Stream<String> whenHeaderNamesAnotherAlgorithmThenTokenIsRefused() {
		return Stream.of("{\"alg\":\"none\",\"typ\":\"JWT\",\"kid\":\"KID\"}", "{\"alg\":\"none\"}",
				"{\"alg\":\"None\",\"kid\":\"KID\"}", "{\"alg\":\"HS384\",\"typ\":\"JWT\",\"kid\":\"KID\"}",
				"{\"alg\":\"HS512\",\"typ\":\"JWT\",\"kid\":\"KID\"}",
				"{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"KID\"}", "{\"alg\":\"HS256\",\"typ\":\"JWT\"}",
				"{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"unknown\"}",
				"{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"KID\",\"crit\":[\"exp\"]}",
				"{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"KID\",\"jku\":\"https://evil.example\"}",
				"{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"KID\",\"kid\":\"KID\"}", "{}", "[]", "null", "");
	}

	private static String sign(String text, String algorithm) throws Exception {
		Mac mac = Mac.getInstance(algorithm);
		mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.US_ASCII), algorithm));
		return text + "." + encode(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
	}

	@Test
	void whenSignedWithTheSameSecretByAnotherAlgorithmThenTokenIsRefused() throws Exception {
		String longSecret = SECRET + OTHER_SECRET;
		ConnectionTokens tokens = connections(SigningKeys.of(longSecret, List.of()));
		String kid = kid(tokens.issue(ALICE, false, null).value());
		JWTClaimsSet claims = claims(tokens.issue(ALICE, false, null).value());
		for (JWSAlgorithm algorithm : List.of(JWSAlgorithm.HS384, JWSAlgorithm.HS512)) {
			assertRefused(tokens, sign(algorithm, kid, claims, new MACSigner(longSecret)));
		}
		KeyPair pair = KeyPairGenerator.getInstance("RSA").generateKeyPair();
		assertRefused(tokens, sign(JWSAlgorithm.RS256, kid, claims, new RSASSASigner(pair.getPrivate())));
	}

	@Test
	void whenSignedWithAnotherSecretThenTokenIsRefused() throws Exception {
		JWTClaimsSet claims = claims(issue());
		assertRefused(sign(JWSAlgorithm.HS256, kid(), claims, new MACSigner(OTHER_SECRET)));
		assertRefused(connections(SigningKeys.of(OTHER_SECRET, List.of())).issue(ALICE, false, null).value());
		assertRefused(connections(SigningKeys.random(new SecureRandom())).issue(ALICE, false, null).value());
	}

	@Test
	void whenSecretsAreReplacedThenOldAndNewTokensAreAcceptedMeanwhile() {
		ConnectionTokens before = connections(SigningKeys.of(SECRET, List.of()));
		ConnectionTokens prepared = connections(SigningKeys.of(SECRET, List.of(OTHER_SECRET)));
		ConnectionTokens switched = connections(SigningKeys.of(OTHER_SECRET, List.of(SECRET)));
		ConnectionTokens after = connections(SigningKeys.of(OTHER_SECRET, List.of()));
		String old = before.issue(ALICE, false, null).value();
		String renewed = switched.issue(ALICE, false, null).value();
		for (ConnectionTokens meanwhile : List.of(prepared, switched)) {
			assertThat(meanwhile.authenticate(old).getName()).isEqualTo("alice");
			assertThat(meanwhile.authenticate(renewed).getName()).isEqualTo("alice");
		}
		assertRefused(before, renewed);
		assertRefused(after, old);
		assertThat(kid(prepared.issue(ALICE, false, null).value())).isEqualTo(kid(old));
		assertThat(kid(renewed)).isNotEqualTo(kid(old));
	}

	@Test
	void tokenIsValidForItsTimeAndTheDifferenceOfClocks() {
		String token = issue();
		Instant issued = this.now;
		for (Duration age : List.of(Duration.ofSeconds(-30), Duration.ZERO, TTL, TTL.plusMillis(29_999))) {
			this.now = issued.plus(age);
			assertThat(this.tokens.authenticate(token).getName()).isEqualTo("alice");
		}
		for (Duration age : List.of(Duration.ofMillis(-30_001), Duration.ofHours(-1), TTL.plusSeconds(30),
				Duration.ofHours(1))) {
			this.now = issued.plus(age);
			assertRefused(token);
		}
	}

	@Test
	void whenAuthenticationEndsThenTokenEndsWithIt() {
		IssuedToken token = this.tokens.issue(ALICE, false, this.now.plusSeconds(10));
		assertThat(token.expiresAt()).isEqualTo(this.now.plusSeconds(10));
		this.now = this.now.plusMillis(9_999);
		assertThat(this.tokens.authenticate(token.value()).getName()).isEqualTo("alice");
		this.now = this.now.plusMillis(1);
		assertRefused(token.value());
	}

	@Test
	void tokenOfOneKindIsNotAcceptedAsTheOther() {
		SubscriptionTokens subscriptions = new SubscriptionTokens(SigningKeys.of(SECRET, List.of()), TTL,
				() -> this.now);
		String subscription = subscriptions
			.issue(ALICE, "news", TopicFilter.none(), new SubscriptionGrant(SubscriptionTokensTests.SETTINGS, null))
			.value();
		assertRefused(subscription);
		assertThatExceptionOfType(InvalidTokenException.class)
			.isThrownBy(() -> subscriptions.verify(issue(), ALICE, "news", TopicFilter.none()))
			.withMessage("The token is of another kind");
		assertThat(this.tokens.isOurs(subscription)).isTrue();
	}

	@ParameterizedTest
	@MethodSource
	void whenAudienceIsNotExactlyOursThenTokenIsRefused(List<String> audience) throws Exception {
		JWTClaimsSet claims = new JWTClaimsSet.Builder(claims(issue())).audience(audience).build();
		assertRefused(signedByUs(claims));
	}

	static Stream<List<String>> whenAudienceIsNotExactlyOursThenTokenIsRefused() {
		return Stream.of(List.of(), List.of("account"), List.of("realtime:connection", "realtime:subscription"),
				List.of("REALTIME:CONNECTION"), List.of("realtime:connection "));
	}

	@ParameterizedTest
	@ValueSource(strings = { "sub", "tenant", "exp", "iat", "aud" })
	void whenClaimIsMissingThenTokenIsRefused(String name) throws Exception {
		assertRefused(signedByUs(new JWTClaimsSet.Builder(claims(issue())).claim(name, null).build()));
	}

	@Test
	void whenClaimIsOfAnotherTypeThenTokenIsRefused() throws Exception {
		for (Object value : List.of(5, true, List.of("acme"), Map.of("a", 1), " ", "\n")) {
			assertRefused(signedByUs(new JWTClaimsSet.Builder(claims(issue())).claim("tenant", value).build()));
		}
		assertRefused(signedByUs(new JWTClaimsSet.Builder(claims(issue())).claim("until", "later").build()));
		assertRefused(signedByUs(new JWTClaimsSet.Builder(claims(issue())).claim("sid", 5).build()));
	}

	@Test
	void whenTokenIsRandomThenItIsRefusedInNoTime() {
		Random random = new Random(5);
		String[] parts = issue().split("\\.");
		for (int i = 0; i < 20_000; i++) {
			byte[] bytes = new byte[random.nextInt(200)];
			random.nextBytes(bytes);
			String noise = new String(bytes, StandardCharsets.ISO_8859_1);
			assertRefused(noise);
			assertRefused(parts[0] + "." + noise);
			assertRefused(parts[0] + "." + encode(bytes) + "." + parts[2]);
		}
	}

	@Test
	void tellsItsOwnTokensFromOthers() {
		String token = issue();
		assertThat(this.tokens.isOurs(token)).isTrue();
		assertThat(this.tokens.isOurs(token + "x")).isTrue();
		assertThat(Stream.of("", ".", "opaque", "e30.e30.e30", token.substring(5))).noneMatch(this.tokens::isOurs);
		assertThat(connections(SigningKeys.of(OTHER_SECRET, List.of())).isOurs(token)).isFalse();
	}

	@Test
	void secretsAreLong() {
		assertThatIllegalArgumentException().isThrownBy(() -> SigningKeys.of("x".repeat(31), List.of()));
		assertThatIllegalArgumentException().isThrownBy(() -> SigningKeys.of(SECRET, List.of("x".repeat(31))));
		assertThat(SigningKeys.isLongEnough("x".repeat(31))).isFalse();
		assertThat(SigningKeys.isLongEnough("x".repeat(32))).isTrue();
		assertThat(SigningKeys.isLongEnough("\u00e4".repeat(16))).isTrue();
	}

	@Test
	void nothingPrintsATokenOrASecret() {
		SigningKeys keys = SigningKeys.of(SECRET, List.of(OTHER_SECRET));
		IssuedToken token = connections(keys).issue(ALICE, false, null);
		assertThat(keys.toString()).doesNotContain(SECRET, OTHER_SECRET);
		assertThat(token.toString()).doesNotContain(token.value());
		assertThat(this.tokens.authenticate(token.value()).toString()).doesNotContain(token.value());
	}

	@Test
	void refusalsSayNothingOfTheToken() {
		IntStream.range(0, 3).forEach((part) -> {
			String[] parts = issue().split("\\.");
			parts[part] = "c2VjcmV0";
			assertThatExceptionOfType(InvalidTokenException.class)
				.isThrownBy(() -> this.tokens.authenticate(String.join(".", parts)))
				.withMessageNotContaining("c2VjcmV0");
		});
	}

	private String issue() {
		return this.tokens.issue(ALICE, false, null).value();
	}

	private void assertRefused(String token) {
		assertRefused(this.tokens, token);
	}

	private static void assertRefused(ConnectionTokens tokens, String token) {
		assertThatExceptionOfType(InvalidTokenException.class).isThrownBy(() -> tokens.authenticate(token));
	}

	private String kid() throws Exception {
		return kid(issue());
	}

	private static String kid(String token) {
		try {
			return SignedJWT.parse(token).getHeader().getKeyID();
		}
		catch (ParseException ex) {
			throw new AssertionError(ex);
		}
	}

	private static JWTClaimsSet claims(String token) throws Exception {
		return SignedJWT.parse(token).getJWTClaimsSet();
	}

	private static String signedByUs(JWTClaimsSet claims) {
		return new SigningKey(SECRET).sign(claims);
	}

	private static String sign(JWSAlgorithm algorithm, String kid, JWTClaimsSet claims, JWSSigner signer)
			throws Exception {
		SignedJWT jwt = new SignedJWT(new JWSHeader.Builder(algorithm).type(JOSEObjectType.JWT).keyID(kid).build(),
				claims);
		jwt.sign(signer);
		return jwt.serialize();
	}

	private static String encode(byte[] bytes) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

}
