package dev.realtime.autoconfigure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What clients may not do according to RFC 6455, byte by byte, and the close code that
 * answers it.
 *
 * @param section of the RFC
 * @param what the client does
 * @param hex the bytes, masked with zeros
 * @param code the close code
 * @param servers who does not answer like that
 */
record Rfc6455(String section, String what, String hex, int code, String servers) {

	private static final String NO_MASK = "00000000";

	static Stream<Rfc6455> violations() {
		List<Rfc6455> cases = new ArrayList<>();
		cases.add(protocol("5.1", "a frame that is not masked", "810178"));
		cases.add(protocol("5.1", "a ping that is not masked", "8900"));
		for (String first : List.of("c1", "a1", "91", "f1", "c2", "c9", "a8", "9a", "41")) {
			cases.add(protocol("5.2", "reserved bits in " + first, first + "80" + NO_MASK));
		}
		for (int opcode : new int[] { 3, 4, 5, 6, 7, 11, 12, 13, 14, 15 }) {
			cases.add(protocol("5.2", "opcode " + opcode, "8" + Integer.toHexString(opcode) + "80" + NO_MASK));
		}
		cases
			.add(protocol("5.2", "a length that is not the shortest", "81fe0001" + NO_MASK + "78").not("Tomcat Jetty"));
		cases.add(
				protocol("5.2", "a length of 64 bits that is not the shortest", "81ff0000000000000001" + NO_MASK + "78")
					.not("Tomcat Jetty"));
		cases.add(protocol("5.2", "a negative length", "81ff8000000000000000" + NO_MASK).not("Tomcat Jetty"));
		cases.add(protocol("5.4", "a continuation of nothing", "8080" + NO_MASK));
		cases.add(protocol("5.4", "a first continuation of nothing", "0080" + NO_MASK));
		cases.add(protocol("5.4", "text inside a message", "0180" + NO_MASK + "8180" + NO_MASK));
		cases.add(protocol("5.4", "binary inside a message", "0180" + NO_MASK + "8280" + NO_MASK));
		cases.add(protocol("5.4", "a first fragment inside a message", "0280" + NO_MASK + "0280" + NO_MASK));
		cases.add(protocol("5.4", "a continuation after the end",
				"0180" + NO_MASK + "8980" + NO_MASK + "8080" + NO_MASK + "8080" + NO_MASK));
		for (String control : List.of("8", "9", "a")) {
			cases.add(protocol("5.5", "a control frame of 126 bytes, " + control,
					"8" + control + "fe007e" + NO_MASK + "03e8" + "78".repeat(124)));
			cases.add(protocol("5.5", "a control frame of 65,536 bytes, " + control,
					"8" + control + "ff0000000000010000" + NO_MASK));
			cases.add(protocol("5.5", "a control frame in fragments, " + control, "0" + control + "80" + NO_MASK));
		}
		cases.add(protocol("5.5.1", "a close frame of one byte", "8881" + NO_MASK + "03"));
		for (int code : new int[] { 0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535 }) {
			cases.add(protocol("7.4", "the close code " + code, "8882" + NO_MASK + String.format("%04x", code)));
		}
		cases.add(text("5.5.1", "a reason that is no UTF-8", "8883" + NO_MASK + "03e8ff").not("Tomcat"));
		cases.add(text("8.1", "a byte that never occurs", "8181" + NO_MASK + "ff"));
		cases.add(text("8.1", "a continuation byte alone", "8181" + NO_MASK + "80"));
		cases.add(text("8.1", "an over-long slash", "8182" + NO_MASK + "c0af"));
		cases.add(text("8.1", "an over-long slash of three bytes", "8183" + NO_MASK + "e080af"));
		cases.add(text("8.1", "an over-long NUL", "8182" + NO_MASK + "c080"));
		cases.add(text("8.1", "a surrogate", "8183" + NO_MASK + "eda080"));
		cases.add(text("8.1", "a pair of surrogates", "8186" + NO_MASK + "eda081edb080"));
		cases.add(text("8.1", "more than U+10FFFF", "8184" + NO_MASK + "f4908080"));
		cases.add(text("8.1", "five bytes", "8185" + NO_MASK + "f888808080"));
		cases.add(text("8.1", "a character that does not end", "8181" + NO_MASK + "c3"));
		cases.add(text("8.1", "a character that does not go on", "8182" + NO_MASK + "c328"));
		cases.add(text("8.1", "a character that does not go on in the next fragment",
				"0181" + NO_MASK + "c3" + "8081" + NO_MASK + "28"));
		cases.add(text("8.1", "a character that does not end with the message",
				"0181" + NO_MASK + "c3" + "8080" + NO_MASK));
		cases.add(new Rfc6455("10.4", "a frame that claims 2^63 bytes", "81ff7fffffffffffffff" + NO_MASK, 1009,
				"Tomcat Jetty"));
		return cases.stream();
	}

	private static Rfc6455 protocol(String section, String what, String hex) {
		return new Rfc6455(section, what, hex, 1002, "");
	}

	private static Rfc6455 text(String section, String what, String hex) {
		return new Rfc6455(section, what, hex, 1007, "");
	}

	private Rfc6455 not(String servers) {
		return new Rfc6455(this.section, this.what, this.hex, this.code, servers);
	}

	/**
	 * Does it, and goes on as if nothing had happened.
	 * @param more what has no effect any more
	 * @return the close code
	 */
	int answer(RawSocket client, String more) throws IOException {
		client.write(HexFormat.of().parseHex(this.hex));
		client.sendText(more);
		RawSocket.Frame frame = client.receive();
		while (frame.opcode() == RawSocket.PONG) {
			frame = client.receive();
		}
		assertThat(frame.opcode()).isEqualTo(RawSocket.CLOSE);
		return (frame.payload()[0] & 0xff) << 8 | frame.payload()[1] & 0xff;
	}

	@Override
	public String toString() {
		return this.section + " " + this.what;
	}

}
