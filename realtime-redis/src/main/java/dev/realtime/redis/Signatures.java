package dev.realtime.redis;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Proves that a publication on Redis is from a program that knows the secret, for the
 * channel it is on. Thread-safe.
 */
final class Signatures {

	private static final String ALGORITHM = "HmacSHA256";

	/** So that nothing else that is signed with the secret can be taken for this. */
	private static final String PURPOSE = "realtime:redis";

	/** Initialized, and only ever cloned. */
	private final List<Mac> keys;

	/**
	 * Signatures by these secrets.
	 * @param secrets the first signs, all are believed; none at all if nothing is signed
	 */
	Signatures(List<byte[]> secrets) {
		this.keys = secrets.stream().map(Signatures::key).toList();
	}

	private static Mac key(byte[] secret) {
		return mac(mac(secret).doFinal(PURPOSE.getBytes(StandardCharsets.UTF_8)));
	}

	private static Mac mac(byte[] secret) {
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(new SecretKeySpec(secret, ALGORITHM));
			return mac;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	boolean isRequired() {
		return !this.keys.isEmpty();
	}

	/**
	 * Signs what is said on a channel.
	 * @return 43 characters
	 */
	byte[] sign(RedisChannel channel, byte[] header, byte[] payload) {
		Mac mac = copy(this.keys.get(0));
		update(mac, channel);
		mac.update(header);
		mac.update((byte) '\n');
		return Base64.getUrlEncoder().withoutPadding().encode(mac.doFinal(payload));
	}

	/**
	 * Whether somebody who knows a secret signed this.
	 * @param header where the header is
	 * @param payload where the payload begins, which is all the rest
	 */
	boolean verify(RedisChannel channel, byte[] bytes, int header, int headerLength, int payload, byte[] signature) {
		byte[] given;
		try {
			given = Base64.getUrlDecoder().decode(signature);
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
		for (Mac key : this.keys) {
			Mac mac = copy(key);
			update(mac, channel);
			mac.update(bytes, header, headerLength);
			mac.update((byte) '\n');
			mac.update(bytes, payload, bytes.length - payload);
			if (MessageDigest.isEqual(mac.doFinal(), given)) {
				return true;
			}
		}
		return false;
	}

	private static void update(Mac mac, RedisChannel channel) {
		mac.update(channel.name().getBytes(StandardCharsets.UTF_8));
		mac.update((byte) '\n');
	}

	private static Mac copy(Mac mac) {
		try {
			return (Mac) mac.clone();
		}
		catch (CloneNotSupportedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
