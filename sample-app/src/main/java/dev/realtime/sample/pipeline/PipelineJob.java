package dev.realtime.sample.pipeline;

import dev.realtime.Realtime;
import dev.realtime.sample.account.AccountService;

import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Publishes the figures of every tenant. No user is logged in here, so it names the
 * tenant.
 */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class PipelineJob {

	private final AccountService accounts;

	private final PipelineService pipeline;

	private final Realtime realtime;

	PipelineJob(AccountService accounts, PipelineService pipeline, Realtime realtime) {
		this.accounts = accounts;
		this.pipeline = pipeline;
		this.realtime = realtime;
	}

	@Scheduled(fixedDelayString = "${sample.pipeline.interval:5s}")
	void publish() {
		for (String tenant : this.accounts.findTenants()) {
			this.realtime.forTenant(tenant).publish(this.pipeline.stats(tenant));
		}
	}

}
