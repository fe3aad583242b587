package dev.realtime.token;

import java.nio.charset.StandardCharsets;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

/**
 * A secret and the one header of all tokens that are signed with it. Thread-safe.
 */
final class SigningKey {

	private static final int ID_LENGTH = 8;

	/** Of 32 bytes in Base64url. */
	private static final int SIGNATURE_LENGTH = 43;

	private final JWSHeader header;

	private final MACSigner signer;

	private final MACVerifier verifier;

	SigningKey(String secret) {
		String id = SessionReference.of("realtime key " + secret).substring(0, ID_LENGTH);
		// As text, since the library may order the members differently one day.
		Base64URL text = Base64URL.encode("{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"" + id + "\"}");
		byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
		try {
			this.header = JWSHeader.parse(text);
			this.signer = new MACSigner(bytes);
			this.verifier = new MACVerifier(bytes);
		}
		catch (JOSEException | java.text.ParseException ex) {
			throw new IllegalArgumentException("The secret has fewer than 32 bytes", ex);
		}
	}

	/**
	 * The first part of every token of this key.
	 */
	String headerText() {
		return this.header.toBase64URL().toString();
	}

	String sign(JWTClaimsSet claims) {
		SignedJWT jwt = new SignedJWT(this.header, claims);
		try {
			jwt.sign(this.signer);
		}
		catch (JOSEException ex) {
			throw new IllegalStateException("Could not sign", ex);
		}
		return jwt.serialize();
	}

	/**
	 * Whether a signature is the one of a text, compared in constant time.
	 */
	boolean isSigned(String text, String signature) {
		Base64URL encoded = new Base64URL(signature);
		// The decoder ignores what does not belong into Base64url, and the last two bits.
		if (signature.length() != SIGNATURE_LENGTH
				|| !Base64URL.encode(encoded.decode()).toString().equals(signature)) {
			return false;
		}
		try {
			return this.verifier.verify(this.header, text.getBytes(StandardCharsets.UTF_8), encoded);
		}
		catch (JOSEException ex) {
			throw new IllegalStateException("Could not verify", ex);
		}
	}

}
