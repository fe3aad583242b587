package dev.realtime.autoconfigure;

import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * Rights that are withdrawn at the servlet endpoint.
 */
@EndpointTest
class AccessTests extends AccessScenarios {

	@LocalServerPort
	private int port;

	@Override
	RawStompClient connect() {
		return RawStompClient.connect(this.port, "sam@acme");
	}

	@Override
	RawStompClient connectToOtherTenant() {
		return RawStompClient.connect(this.port, "sam@globex");
	}

	@Override
	String user() {
		return "sam";
	}

}
