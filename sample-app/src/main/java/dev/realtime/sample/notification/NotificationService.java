package dev.realtime.sample.notification;

import java.util.List;

import dev.realtime.Realtime;
import dev.realtime.sample.account.Account;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Keeps what users should know, and tells all of their devices that there is something
 * new. That is a hint without data: who was not there finds everything in the list.
 *
 * @since 0.1.0
 */
@Service
public class NotificationService {

	private static final int LATEST = 20;

	private final JdbcClient jdbc;

	private final Realtime realtime;

	NotificationService(JdbcClient jdbc, Realtime realtime) {
		this.jdbc = jdbc;
		this.realtime = realtime;
	}

	/**
	 * Notifies a user. Names the tenant, so that scheduled jobs can call it too.
	 * @param tenantId the tenant of the user
	 * @param username who should know
	 * @param text what happened
	 * @param contactId the contact it is about
	 */
	@Transactional
	public void send(String tenantId, String username, String text, long contactId) {
		this.jdbc.sql("""
				insert into notification (tenant_id, username, text, contact_id)
				values (:tenant, :username, :text, :contact)
				""")
			.param("tenant", tenantId)
			.param("username", username)
			.param("text", text)
			.param("contact", contactId)
			.update();
		this.realtime.forTenant(tenantId).toUser(username).event("notified").publish();
	}

	/**
	 * The latest of a user, newest first.
	 */
	List<Notification> findLatest(Account account) {
		return this.jdbc.sql("""
				select * from notification where tenant_id = :tenant and username = :username
				order by id desc limit :latest
				""")
			.param("tenant", account.tenantId())
			.param("username", account.username())
			.param("latest", LATEST)
			.query(Notification.class)
			.list();
	}

	/**
	 * Marks what the user has seen, for the other pages of the user as well.
	 * @param last the id of the newest one the user has seen
	 */
	@Transactional
	void markRead(Account account, long last) {
		this.jdbc.sql("""
				update notification set unread = false
				where tenant_id = :tenant and username = :username and id <= :last
				""")
			.param("tenant", account.tenantId())
			.param("username", account.username())
			.param("last", last)
			.update();
		this.realtime.toUser(account.username()).event("notified").toOthers().publish();
	}

}
