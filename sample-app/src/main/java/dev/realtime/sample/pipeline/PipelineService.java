package dev.realtime.sample.pipeline;

import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.realtime.sample.pipeline.PipelineStats.Deal;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/**
 * Computes the figures of a tenant.
 *
 * @since 0.1.0
 */
@Service
public class PipelineService {

	private final JdbcClient jdbc;

	PipelineService(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * The figures of a tenant, as of now.
	 * @param tenantId the id of the tenant
	 * @return the figures
	 */
	public PipelineStats stats(String tenantId) {
		List<Deal> open = findOpenDeals(tenantId);
		long openValue = open.stream().mapToLong(Deal::value).sum();
		return new PipelineStats(count(tenantId), open.size(), openValue, sumOfWonDeals(tenantId),
				dealOfTheMinute(open));
	}

	private List<Deal> findOpenDeals(String tenantId) {
		return this.jdbc.sql("""
				select id as contact_id, name, company, deal_value as "value" from contact
				where tenant_id = :tenant and stage not in ('WON', 'LOST') order by id
				""").param("tenant", tenantId).query(Deal.class).list();
	}

	private long count(String tenantId) {
		return this.jdbc.sql("select count(*) from contact where tenant_id = :tenant")
			.param("tenant", tenantId)
			.query(Long.class)
			.single();
	}

	private long sumOfWonDeals(String tenantId) {
		return this.jdbc
			.sql("select coalesce(sum(deal_value), 0) from contact where tenant_id = :tenant and stage = 'WON'")
			.param("tenant", tenantId)
			.query(Long.class)
			.single();
	}

	private @Nullable Deal dealOfTheMinute(List<Deal> open) {
		if (open.isEmpty()) {
			return null;
		}
		long minute = TimeUnit.MILLISECONDS.toMinutes(System.currentTimeMillis());
		return open.get((int) (minute % open.size()));
	}

}
