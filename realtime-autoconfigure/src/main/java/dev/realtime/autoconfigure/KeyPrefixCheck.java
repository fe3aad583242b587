package dev.realtime.autoconfigure;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.data.redis.connection.DataType;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Another application that uses the same keys on Redis. Each leaves its name there.
 */
final class KeyPrefixCheck implements ApplicationListener<ContextRefreshedEvent> {

	private static final Logger logger = LoggerFactory.getLogger(KeyPrefixCheck.class);

	private final RedisConnectionFactory factory;

	private final String key;

	private final String application;

	/**
	 * A check of the keys of an application.
	 * @param factory connects to Redis
	 * @param keyPrefix what the keys begin with
	 * @param application the name of the application
	 */
	KeyPrefixCheck(RedisConnectionFactory factory, String keyPrefix, String application) {
		this.factory = factory;
		this.key = keyPrefix + ":application";
		this.application = application;
	}

	/**
	 * Asks by a thread of its own, since Redis may be away.
	 */
	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		Thread thread = new Thread(this::check, "realtime-doctor");
		thread.setDaemon(true);
		thread.start();
	}

	private void check() {
		try {
			String owner = owner();
			if (owner == null) {
				logger.warn("The key '{}' on Redis is no text: something else uses keys that begin like ours, and may "
						+ "overwrite them. Set realtime.key-prefix to what nobody else uses.", this.key);
			}
			else if (!owner.equals(this.application)) {
				logger.warn(
						"The application '{}' uses the same keys on Redis as this one, '{}': each gets the messages of "
								+ "the other. Give one of them another realtime.key-prefix. If it is the same under a "
								+ "former name, delete the key '{}'.",
						owner, this.application, this.key);
			}
		}
		catch (RuntimeException ex) {
			logger.debug("Could not see whether another application uses the same keys on Redis", ex);
		}
	}

	/**
	 * Whose keys they are.
	 * @return {@code null} if the key is none of ours
	 */
	private @Nullable String owner() {
		byte[] key = this.key.getBytes(StandardCharsets.UTF_8);
		try (RedisConnection connection = this.factory.getConnection()) {
			byte[] application = this.application.getBytes(StandardCharsets.UTF_8);
			if (Boolean.TRUE.equals(connection.stringCommands().setNX(key, application))) {
				return this.application;
			}
			DataType type = connection.keyCommands().type(key);
			if (type != DataType.STRING && type != DataType.NONE) {
				return null;
			}
			byte[] owner = connection.stringCommands().get(key);
			return (owner != null) ? new String(owner, StandardCharsets.UTF_8) : this.application;
		}
	}

}
