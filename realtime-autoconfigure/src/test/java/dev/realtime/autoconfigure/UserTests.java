package dev.realtime.autoconfigure;

import org.junit.jupiter.api.Test;

import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is for one user, at the servlet endpoint.
 */
@EndpointTest
class UserTests extends UserScenarios {

	@LocalServerPort
	private int port;

	@Override
	RawStompClient connect(String user, String tenant) {
		return RawStompClient.connect(this.port, user + "@" + tenant);
	}

	@Test
	void whenAScheduledJobNotifiesAUserThenTheyGetIt() {
		try (RawStompClient client = connect("scheduled", "acme");
				RawStompClient namesake = connect("scheduled", "globex")) {
			namesake.subscribe("mine", "/realtime/@me");
			client.subscribe("mine", "/realtime/@me", "replay:none");
			assertThat(client.next(3)).extracting((frame) -> RawStompClient.header(frame, "event"))
				.containsOnly("job.done");
			namesake.expectNothingElse();
		}
	}

}
