package dev.realtime.system;

import java.io.IOException;
import java.net.http.HttpResponse;

import com.jayway.jsonpath.JsonPath;

/**
 * What a client shows to get in: lines for the heads of CONNECT and SUBSCRIBE.
 */
interface Credentials {

	String connect();

	String subscribe(String topic);

	/**
	 * A bearer token of the application.
	 */
	static Credentials bearer(String token) {
		return new Credentials() {

			@Override
			public String connect() {
				return "Authorization:Bearer " + token + "\n";
			}

			@Override
			public String subscribe(String topic) {
				return "";
			}

		};
	}

	/**
	 * Fresh tokens from a node, for the user of a bearer token.
	 */
	static Credentials tokens(Node node, String bearer) {
		return new Credentials() {

			@Override
			public String connect() {
				return "passcode:" + JsonPath.<String>read(post("connection", "{}"), "$.token") + "\n";
			}

			@Override
			public String subscribe(String topic) {
				return "token:" + JsonPath.<String>read(
						post("subscription", "{\"subscriptions\":[{\"topic\":\"" + topic + "\"}]}"),
						"$.subscriptions[0].token") + "\n";
			}

			private String post(String kind, String json) {
				try {
					HttpResponse<String> response = node.post("/realtime/tokens/" + kind, bearer, json);
					if (response.statusCode() != 200) {
						throw new IllegalStateException(response.statusCode() + " " + response.body());
					}
					return response.body();
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
					throw new IllegalStateException(ex);
				}
			}

		};
	}

}
