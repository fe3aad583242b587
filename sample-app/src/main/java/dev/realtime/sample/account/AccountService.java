package dev.realtime.sample.account;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.stereotype.Service;

/**
 * The accounts of all tenants, from the database.
 *
 * @since 0.1.0
 */
@Service
public class AccountService implements UserDetailsService {

	private final JdbcClient jdbc;

	AccountService(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@Override
	public Account loadUserByUsername(String username) {
		return this.jdbc.sql("select * from account where username = :username")
			.param("username", username)
			.query(Account.class)
			.optional()
			.orElseThrow(() -> new UsernameNotFoundException("No account with this name"));
	}

	/**
	 * All tenants.
	 * @return their ids
	 */
	public List<String> findTenants() {
		return this.jdbc.sql("select distinct tenant_id from account order by tenant_id").query(String.class).list();
	}

	/**
	 * The users of a tenant.
	 * @param tenantId the id of the tenant
	 * @return their names
	 */
	public List<String> findUsernames(String tenantId) {
		return this.jdbc.sql("select username from account where tenant_id = :tenant order by username")
			.param("tenant", tenantId)
			.query(String.class)
			.list();
	}

	/**
	 * The demo accounts, which the login page offers.
	 * @return all accounts by tenant
	 */
	Map<String, List<Account>> findAllByTenant() {
		return this.jdbc.sql("select * from account order by admin desc, username")
			.query(Account.class)
			.list()
			.stream()
			.collect(Collectors.groupingBy(Account::tenantId, TreeMap::new, Collectors.toList()));
	}

}
