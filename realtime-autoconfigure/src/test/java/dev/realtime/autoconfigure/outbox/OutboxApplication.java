package dev.realtime.autoconfigure.outbox;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.realtime.PublishesTo;
import dev.realtime.RealtimeTopic;
import dev.realtime.StreamPosition;
import dev.realtime.TenantAware;
import dev.realtime.core.Backplane;
import dev.realtime.core.ChannelId;
import dev.realtime.core.PublicationRequest;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.EnableScheduling;
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
@EnableScheduling
public class OutboxApplication {

	/** What the process ends with when it is killed. */
	public static final int KILLED = 42;

	/**
	 * Starts on this database, changes something in a transaction, and leaves the
	 * publication that follows to its fate. Ends with whoever started it.
	 * @param args the URL of the database, and properties
	 */
	public static void main(String[] args) throws IOException {
		ConfigurableApplicationContext context = start(args[0], Arrays.copyOfRange(args, 1, args.length));
		context.getBean(Contacts.class).rename(5, "Ada", "acme");
		System.in.transferTo(OutputStream.nullOutputStream());
		Runtime.getRuntime().halt(0);
	}

	/**
	 * Starts the application.
	 * @param database the URL of the database
	 * @param arguments properties
	 * @return the application
	 */
	public static ConfigurableApplicationContext start(String database, String... arguments) {
		return new SpringApplicationBuilder(OutboxApplication.class).run(Stream
			.concat(Stream.of("--server.port=0", "--spring.autoconfigure.exclude=",
					"--spring.datasource.url=" + database, "--realtime.tenant.required=true",
					"--spring.modulith.events.jdbc.schema-initialization.enabled=true",
					"--spring.modulith.events.republish-outstanding-events-on-restart=true"), Stream.of(arguments))
			.toArray(String[]::new));
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
	static Publications publications(Environment environment) {
		return new Publications(environment.getProperty("outbox.fate", Fate.class, Fate.PUBLISH));
	}

	/**
	 * Puts {@link Publications} in front of the backplane, whichever that is.
	 */
	@Bean
	static BeanDefinitionRegistryPostProcessor interception() {
		return (registry) -> {
			ConfigurableListableBeanFactory beans = (ConfigurableListableBeanFactory) registry;
			String backplane = beans.getBeanNamesForType(Backplane.class, true, false)[0];
			RootBeanDefinition definition = new RootBeanDefinition(Backplane.class,
					() -> beans.getBean(Publications.class).intercept(beans.getBean(backplane, Backplane.class)));
			definition.setPrimary(true);
			registry.registerBeanDefinition("interceptedBackplane", definition);
		};
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
			if (this.jdbc.update("update contact set name = ? where id = ?", name, id) == 0) {
				this.jdbc.update("insert into contact (id, name) values (?, ?)", id, name);
			}
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

		/** They wait until they are let go. */
		HANG,

		/** The backplane refuses. */
		FAIL,

		/** The process ends, as by kill -9. */
		KILL

	}

	/**
	 * Stands between the application and the backplane.
	 */
	public static final class Publications {

		private final List<String> channels = new CopyOnWriteArrayList<>();

		/** What becomes of the next publications. */
		public volatile Fate fate;

		/** Lets those go that hang. */
		public final CompletableFuture<Void> hanging = new CompletableFuture<>();

		Publications(Fate fate) {
			this.fate = fate;
		}

		/**
		 * What was published.
		 * @return names of channels, with the tenant
		 */
		public List<String> channels() {
			return this.channels;
		}

		Backplane intercept(Backplane backplane) {
			return (Backplane) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Backplane.class },
					(proxy, method, args) -> {
						if (method.getName().equals("append") && args[0] instanceof ChannelId channel
								&& channel.name().startsWith("contact.")) {
							this.channels.add(channel.tenant() + "/" + channel.name());
							return append(() -> backplane.append(channel, (PublicationRequest) args[1]));
						}
						try {
							return method.invoke(backplane, args);
						}
						catch (InvocationTargetException ex) {
							throw ex.getCause();
						}
					});
		}

		private CompletableFuture<StreamPosition> append(Supplier<CompletableFuture<StreamPosition>> append) {
			return switch (this.fate) {
				case PUBLISH -> append.get();
				case HANG -> this.hanging.thenCompose((go) -> append.get());
				case FAIL -> CompletableFuture.failedFuture(new IllegalStateException("refused on purpose"));
				case KILL -> {
					Runtime.getRuntime().halt(KILLED);
					yield append.get();
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
