package dev.realtime.autoconfigure.outbox;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.realtime.PublishesTo;
import dev.realtime.RealtimeTopic;
import dev.realtime.TenantAware;
import dev.realtime.core.Backplane;
import dev.realtime.core.ChannelId;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * An application with a database, whose events are published to topics, with the event
 * publication registry of Spring Modulith in the same database. It never calls Realtime.
 */
@SpringBootApplication
public class OutboxApplication {

	/** What the process ends with when it is killed. */
	public static final int KILLED = 42;

	/**
	 * Starts on this database, changes something in a transaction, and is killed by the
	 * publication that follows.
	 * @param args the URL of the database
	 */
	public static void main(String[] args) {
		ConfigurableApplicationContext context = start(args[0]);
		context.getBean(Publications.class).fate = Fate.KILL;
		context.getBean(Contacts.class).rename(5, "Ada", "acme");
		System.exit(0);
	}

	/**
	 * Starts the application.
	 * @param database the URL of the database
	 * @return the application
	 */
	public static ConfigurableApplicationContext start(String database) {
		return new SpringApplicationBuilder(OutboxApplication.class).run("--server.port=0",
				"--spring.autoconfigure.exclude=", "--spring.datasource.url=" + database,
				"--realtime.tenant.required=true", "--spring.modulith.events.jdbc.schema-initialization.enabled=true",
				"--spring.modulith.events.republish-outstanding-events-on-restart=true");
	}

	@Bean
	SecurityFilterChain security(HttpSecurity http) {
		return http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
			.httpBasic(Customizer.withDefaults())
			.build();
	}

	@Bean
	UserDetailsService users() {
		return (login) -> new Account(login.substring(0, login.indexOf('@')), login.substring(login.indexOf('@') + 1));
	}

	@Bean
	static Publications publications() {
		return new Publications();
	}

	@RealtimeTopic(name = "contact.{id}", canSubscribe = "isAuthenticated()")
	static class ContactTopic {

	}

	@RealtimeTopic(name = "room.{room}", canSubscribe = "isAuthenticated()")
	static class RoomTopic {

	}

	/**
	 * Somebody has another name.
	 *
	 * @param contactId who
	 * @param name the new name
	 * @param company the tenant
	 */
	@PublishesTo(value = "contact.{contactId}", event = "renamed", data = "{id: contactId}", tenant = "company")
	record ContactRenamed(long contactId, String name, String company) {

	}

	/**
	 * Changes contacts.
	 */
	@Service
	public static class Contacts {

		private final JdbcTemplate jdbc;

		private final ApplicationEventPublisher events;

		Contacts(JdbcTemplate jdbc, ApplicationEventPublisher events) {
			this.jdbc = jdbc;
			this.events = events;
			jdbc.execute("create table if not exists contact (id bigint primary key, name varchar(100))");
		}

		@Transactional
		public void rename(long id, String name, String tenant) {
			this.jdbc.update("merge into contact (id, name) values (?, ?)", id, name);
			this.events.publishEvent(new ContactRenamed(id, name, tenant));
		}

		@Transactional
		public void failToRename(long id, String name, String tenant) {
			rename(id, name, tenant);
			throw new IllegalStateException("rolled back on purpose");
		}

		public List<String> names() {
			return this.jdbc.queryForList("select name from contact", String.class);
		}

	}

	/**
	 * What becomes of publications.
	 */
	public enum Fate {

		/** They go out. */
		PUBLISH,

		/** The backplane never answers. */
		HANG,

		/** The backplane refuses. */
		FAIL,

		/** The process ends, as by kill -9. */
		KILL

	}

	/**
	 * Stands between the application and the backplane.
	 */
	public static final class Publications implements BeanPostProcessor {

		private final List<String> channels = new CopyOnWriteArrayList<>();

		/** What becomes of the next publications. */
		public volatile Fate fate = Fate.PUBLISH;

		/** The answer to those that hang. */
		public final CompletableFuture<Void> hanging = new CompletableFuture<>();

		/**
		 * What was published.
		 * @return names of channels, with the tenant
		 */
		public List<String> channels() {
			return this.channels;
		}

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			return (bean instanceof Backplane backplane) ? Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { Backplane.class }, (proxy, method, args) -> {
						if (method.getName().equals("append") && args[0] instanceof ChannelId channel
								&& channel.name().startsWith("contact.")) {
							this.channels.add(channel.tenant() + "/" + channel.name());
							CompletableFuture<?> answer = answer();
							if (answer != null) {
								return answer;
							}
						}
						try {
							return method.invoke(backplane, args);
						}
						catch (InvocationTargetException ex) {
							throw ex.getCause();
						}
					}) : bean;
		}

		private CompletableFuture<?> answer() {
			return switch (this.fate) {
				case PUBLISH -> null;
				case HANG -> this.hanging;
				case FAIL -> CompletableFuture.failedFuture(new IllegalStateException("refused on purpose"));
				case KILL -> {
					Runtime.getRuntime().halt(KILLED);
					yield null;
				}
			};
		}

	}

	private static final class Account extends User implements TenantAware {

		private final String tenantId;

		Account(String name, String tenantId) {
			super(name, "{noop}password", AuthorityUtils.createAuthorityList("ROLE_USER"));
			this.tenantId = tenantId;
		}

		@Override
		public String getTenantId() {
			return this.tenantId;
		}

	}

}
