package dev.realtime.sample.contact;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.stereotype.Repository;

/**
 * Contacts in the database. The tenant is part of every statement.
 */
@Repository
class ContactRepository {

	private final JdbcClient jdbc;

	ContactRepository(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	List<Contact> findAll(String tenantId) {
		return this.jdbc.sql("select * from contact where tenant_id = :tenant order by lower(name), id")
			.param("tenant", tenantId)
			.query(Contact.class)
			.list();
	}

	Optional<Contact> findById(String tenantId, long id) {
		return this.jdbc.sql("select * from contact where tenant_id = :tenant and id = :id")
			.param("tenant", tenantId)
			.param("id", id)
			.query(Contact.class)
			.optional();
	}

	/**
	 * The contacts with an open deal that nobody has changed since then.
	 */
	List<Contact> findUnchangedSince(String tenantId, Instant time) {
		return this.jdbc.sql("""
				select * from contact where tenant_id = :tenant and stage not in ('WON', 'LOST') and changed_at < :time
				order by changed_at
				""").param("tenant", tenantId).param("time", Timestamp.from(time)).query(Contact.class).list();
	}

	long insert(String tenantId, ContactForm form, String changedBy) {
		GeneratedKeyHolder keys = new GeneratedKeyHolder();
		bind(this.jdbc.sql("""
				insert into contact (tenant_id, name, company, email, phone, stage, deal_value, note, owner, changed_by)
				values (:tenant, :name, :company, :email, :phone, :stage, :dealValue, :note, :changedBy, :changedBy)
				"""), tenantId, form, changedBy).update(keys, "id");
		return Objects.requireNonNull(keys.getKeyAs(Long.class));
	}

	/**
	 * Changes a contact that still has the expected version.
	 * @return {@code false} if it has not, or is not there
	 */
	boolean update(String tenantId, long id, int expectedVersion, ContactForm form, String changedBy) {
		return bind(this.jdbc.sql("""
				update contact set name = :name, company = :company, email = :email, phone = :phone, stage = :stage,
					deal_value = :dealValue, note = :note, version = version + 1, changed_by = :changedBy,
					changed_at = current_timestamp
				where tenant_id = :tenant and id = :id and version = :version
				"""), tenantId, form, changedBy).param("id", id).param("version", expectedVersion).update() > 0;
	}

	boolean delete(String tenantId, long id) {
		return this.jdbc.sql("delete from contact where tenant_id = :tenant and id = :id")
			.param("tenant", tenantId)
			.param("id", id)
			.update() > 0;
	}

	private StatementSpec bind(StatementSpec statement, String tenantId, ContactForm form, String changedBy) {
		return statement.param("tenant", tenantId)
			.param("name", form.name().strip())
			.param("company", form.company().strip())
			.param("email", form.email().strip())
			.param("phone", form.phone().strip())
			.param("stage", form.stage().name())
			.param("dealValue", form.dealValue())
			.param("note", form.note().strip())
			.param("changedBy", changedBy);
	}

}
