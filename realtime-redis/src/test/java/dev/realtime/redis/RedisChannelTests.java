package dev.realtime.redis;

import dev.realtime.core.ChannelId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RedisChannel}.
 */
@Timeout(30)
class RedisChannelTests {

	@ParameterizedTest
	@CsvSource(nullValues = "null",
			value = { "acme,null,contact.updated,acme::contact.updated", "null,null,news,::news",
					"acme,ann,@me,acme:ann:%40me", "'','',x,%:%:x", "a:b,c,x,a%3Ab:c:x", "{a},null,x,%7Ba%7D::x",
					"Zoë,null,'a b',Zo%C3%AB::a%20b", "%,null,x,%25::x" })
	void whenPartsAreJoinedThenTheyStayApart(String tenant, String user, String name, String expected) {
		assertThat(RedisChannel.of("app", new ChannelId(tenant, user, name)).name())
			.isEqualTo("app:{" + expected + "}");
	}

	@Test
	void whenTextHasHalfACharacterThenItDiffersFromOthers() {
		assertThat(RedisChannel.of("app", new ChannelId("\ud83d", null, "x")).name()).isEqualTo("app:{%uD83D::x}");
	}

}
