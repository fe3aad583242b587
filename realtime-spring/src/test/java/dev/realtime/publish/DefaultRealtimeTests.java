package dev.realtime.publish;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import dev.realtime.PublicationBuilder;
import dev.realtime.Realtime;
import dev.realtime.RealtimeTopic;
import dev.realtime.Scope;
import dev.realtime.StreamPosition;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.core.ChannelId;
import dev.realtime.core.InMemoryBackplane;
import dev.realtime.core.Publication;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.json.JsonPayloads;
import dev.realtime.presence.TestPresence;
import dev.realtime.tenant.Tenants;
import dev.realtime.token.ConnectionUser;
import dev.realtime.token.InvalidTokenException;
import dev.realtime.token.SessionReference;
import dev.realtime.token.SigningKeys;
import dev.realtime.token.TokenSubject;
import dev.realtime.token.UserTokens;
import dev.realtime.topic.TestTopics;
import dev.realtime.topic.Topics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link DefaultRealtime} and its builder, on a real engine.
 */
@Timeout(30)
class DefaultRealtimeTests {

	private static final int PAYLOAD_SIZE = 64;

	private final InMemoryBackplane backplane = new InMemoryBackplane(InstantSource.system(), new Random(1));

	private final RealtimeEngine engine = new RealtimeEngine(this.backplane, InstantSource.system(), 10);

	private final Topics topics = TestTopics.of(Contact.class, ContactUpdated.class, DocumentUpdated.class, Inbox.class,
			Maintenance.class, Keyed.class, Pair.class, Secret.class);

	private final Tenants tenants = new Tenants((user) -> ((String) user.getPrincipal()).split("@")[1], true);

	private final UserTokens tokens = new UserTokens(SigningKeys.of("x".repeat(32), List.of()), Duration.ofMinutes(1),
			InstantSource.system());

	private final Realtime realtime = new DefaultRealtime(this.engine, this.topics, this.tenants,
			new JsonPayloads(new JsonMapper(), PAYLOAD_SIZE), this.tokens, TestAccess.of(this.engine),
			TestAccess.userChannel(), TestPresence.of(this.engine), TestAccess.subscriptions(this.engine));

	@AfterEach
	void logout() {
		SecurityContextHolder.clearContext();
	}

	@Test
	void isEnabled() {
		assertThat(this.realtime.isEnabled()).isTrue();
	}

	@Test
	void publishesByName() {
		login("alice@acme");
		StreamPosition position = this.realtime.publish("contact", Map.of("id", 5)).join();
		Publication publication = last(new ChannelId("acme", null, "contact"));
		assertThat(publication.position()).isEqualTo(position);
		assertThat(publication.data()).asString().isEqualTo("{\"id\":5}");
		assertThat(publication.attributes()).isEqualTo(Map.of("id", 5L));
		assertThat(publication.event()).isNull();
		assertThat(publication.except()).isNull();
	}

	@Test
	void publishesByNameWithVariablesFilledIn() {
		this.realtime.forTenant("acme").publish("document.42", Map.of()).join();
		assertThat(published(new ChannelId("acme", null, "document.42"))).hasSize(1);
	}

	@Test
	void publishesTyped() {
		login("alice@acme");
		this.realtime.publish(new ContactUpdated(5, "bob")).join();
		assertThat(last(new ChannelId("acme", null, "contact.updated")).data()).asString()
			.isEqualTo("{\"id\":5,\"by\":\"bob\"}");
	}

	@Test
	void typedPayloadFillsInTheVariables() {
		this.realtime.forTenant("acme").publish(new DocumentUpdated(42, "title")).join();
		assertThat(last(new ChannelId("acme", null, "document.42")).data()).asString()
			.isEqualTo("{\"id\":42,\"part\":\"title\"}");
	}

	@Test
	void whenTypedPayloadLacksAVariableThenTheErrorNamesIt() {
		assertThatIllegalArgumentException().isThrownBy(() -> acme().publish(new Pair("x", null)))
			.withMessage(
					"The payload " + Pair.class.getName() + " has no attribute 'b' to fill in topic 'pair.{a}.{b}'");
	}

	@Test
	void whenVariableOfATypedPayloadIsNoSegmentThenItIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> acme().publish(new Pair("x", "../y")))
			.withMessageStartingWith("A variable of topic 'pair.{a}.{b}' has a value that is not made of");
	}

	@Test
	void builderFillsInTheVariables() {
		acme().to("document.{id}", 42).publish().join();
		assertThat(last(new ChannelId("acme", null, "document.42")).data()).asString().isEqualTo("{}");
	}

	@Test
	void whenVariablesAreMissingThenTheErrorNamesThem() {
		assertThatIllegalArgumentException().isThrownBy(() -> acme().to("pair.{a}.{b}", 1))
			.withMessage("Topic 'pair.{a}.{b}' has 2 variables [a, b], but 1 values were given");
		assertThatIllegalArgumentException().isThrownBy(() -> acme().publish("document.{id}", Map.of()))
			.withMessage("Topic 'document.{id}' has 1 variables [id], but 0 values were given");
		assertThatIllegalArgumentException().isThrownBy(() -> acme().to("contact", 5))
			.withMessage("Topic 'contact' has 0 variables [], but 1 values were given");
	}

	@Test
	void whenVariableIsNullThenTheErrorNamesIt() {
		assertThatIllegalArgumentException().isThrownBy(() -> acme().to("document.{id}", new Object[] { null }))
			.withMessage("The variable 'id' of topic 'document.{id}' has no value");
	}

	@Test
	void whenVariablesAreFilledInTwiceThenNothingIsPublishedElsewhere() {
		assertThatIllegalArgumentException().isThrownBy(() -> acme().to("document.42", 7))
			.withMessage("The name 'document.42' has its variables filled in already. Write either "
					+ "realtime.to(\"document.{id}\", value) or realtime.to(\"document.42\")");
	}

	@Test
	void whenTopicIsUnknownThenTheErrorSaysWhatToWrite() {
		assertThatIllegalArgumentException().isThrownBy(() -> acme().publish("contact.deleted", Map.of()))
			.withMessageStartingWith("There is no topic 'contact.deleted'. Declare a class with "
					+ "@RealtimeTopic(\"contact.deleted\"); there are [")
			.withMessageContaining("contact.updated (" + ContactUpdated.class.getName() + ")");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "Contact", "contact ", "contact/", "document.", "document.a.b", "document.%2F" })
	void whenNameIsNoNameOfATopicThenItIsUnknown(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> acme().publish(name, Map.of()))
			.withMessageStartingWith("There is no topic '" + name + "'.");
	}

	@Test
	void whenPayloadIsNoTopicThenTheErrorSaysWhatToWrite() {
		assertThatIllegalArgumentException().isThrownBy(() -> acme().publish("contact"))
			.withMessage("java.lang.String is not a topic. Annotate it with @RealtimeTopic (in a package of the "
					+ "application), or publish it by name: realtime.publish(\"some.topic\", payload)");
	}

	@Test
	void whenNobodyIsLoggedInThenThereIsNoTenant() {
		assertThatIllegalStateException().isThrownBy(() -> this.realtime.publish("contact", Map.of()))
			.withMessage(
					"No tenant: the user of this thread has none, or nobody is logged in. Scheduled jobs and system "
							+ "code publish with realtime.forTenant(id)");
	}

	@Test
	void whatIsForAUserGoesToTheChannelOfThatUser() {
		acme().toUser("ada").event("mention").data(Map.of("id", 5)).idempotencyKey("m-5").publish().join();
		acme().toUser("ada").data(6).idempotencyKey("m-5").publish().join();
		Publication publication = last(new ChannelId("acme", "ada", "@me"));
		assertThat(publication.data()).asString().isEqualTo("{\"id\":5}");
		assertThat(publication.event()).isEqualTo("mention");
		assertThatIllegalStateException().isThrownBy(() -> this.realtime.toUser("ada").publish())
			.withMessageStartingWith("No tenant");
		assertThatIllegalArgumentException().isThrownBy(() -> acme().toUser(""))
			.withMessage("The name of the user is empty");
	}

	@Test
	void whenSomebodyCanNotBeSubscribedThenTheErrorSaysWhy() {
		assertThatIllegalStateException().isThrownBy(() -> this.realtime.user("ada").subscribe("contact"))
			.withMessageStartingWith("No tenant");
		assertThatIllegalArgumentException().isThrownBy(() -> acme().session("s").subscribe("nowhere"))
			.withMessageStartingWith("There is no topic 'nowhere'");
		assertThatIllegalArgumentException().isThrownBy(() -> acme().user("ada").subscribe("document.{id}"))
			.withMessageStartingWith("The variables of 'document.{id}' are not filled in");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> acme().user("ada").subscribe("contact", Map.of("id", "x".repeat(9000))))
			.withMessage("The filter has more than 8192 bytes");
		assertThatIllegalArgumentException().isThrownBy(() -> acme().connection(""))
			.withMessage("The id is empty: whose subscriptions?");
	}

	@Test
	void whatIsForSeveralGoesToEachOnce() {
		assertThat(acme().toUsers(List.of("ada", "bob", "ada")).data(1).publish().join()).hasSize(2);
		assertThat(published(new ChannelId("acme", "ada", "@me"))).hasSize(1);
		assertThat(published(new ChannelId("acme", "bob", "@me"))).hasSize(1);
		assertThat(acme().toAll(List.of("contact", "document.1", "document.2")).data(Map.of("id", 1)).publish().join())
			.hasSize(3);
		assertThat(last(new ChannelId("acme", null, "document.2")).attributes()).isEqualTo(Map.of("id", 1L));
		assertThat(acme().toUsers(List.of()).data(1).publish().join()).isEmpty();
		assertThat(this.realtime.publishAll(List.of()).join()).isEmpty();
	}

	@Test
	void whenOneOfSeveralIsNotPossibleThenNoneIsPublished() {
		assertThatIllegalArgumentException().isThrownBy(() -> acme().toAll(List.of("contact", "document.{id}")))
			.withMessage("The variables of 'document.{id}' are not filled in. Write one name for each channel");
		assertThatIllegalArgumentException().isThrownBy(() -> acme().toAll(List.of("contact", "nowhere")))
			.withMessageStartingWith("There is no topic 'nowhere'");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.realtime
				.publishAll(List.of(acme().to("contact"), acme().to("contact").data("x".repeat(99)))))
			.withMessageContaining("realtime.limits.payload-size");
		PublicationBuilder foreign = new DisabledRealtime().to("contact");
		assertThatIllegalArgumentException().isThrownBy(() -> this.realtime.publishAll(List.of(foreign)))
			.withMessageEndingWith("Start it with realtime.to(topic)");
		assertThat(published(new ChannelId("acme", null, "contact"))).isEmpty();
	}

	@Test
	void explicitTenantWinsOverThatOfTheUser() {
		login("alice@globex");
		acme().publish("contact", Map.of()).join();
		assertThat(published(new ChannelId("acme", null, "contact"))).hasSize(1);
		assertThat(published(new ChannelId("globex", null, "contact"))).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a\nb" })
	void whenTenantIsNoTenantIdThenItIsRefused(String tenant) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.realtime.forTenant(tenant));
	}

	@Test
	void keyIsReadFromThePayload() {
		acme().publish(new Keyed(5, null)).join();
		assertThat(byKey(new ChannelId("acme", null, "keyed"), 5L, null)).hasSize(1);
		assertThat(byKey(new ChannelId("acme", null, "keyed"), 6L, null)).isEmpty();
	}

	@Test
	void whenKeyAttributeIsMissingThenTheErrorNamesIt() {
		assertThatIllegalArgumentException().isThrownBy(() -> acme().publish("keyed", Map.of("id", 5)))
			.withMessageMatching("The payload for topic 'keyed' \\(java\\.util\\..*\\) has no scalar attribute 'kind', "
					+ "which is the key of the topic");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> acme().publish("keyed", Map.of("id", List.of(5), "kind", "x")))
			.withMessageContaining("has no scalar attribute 'id'");
	}

	@Test
	void whenPayloadIsTooLargeThenItIsRefused() {
		String fits = "x".repeat(PAYLOAD_SIZE - 2);
		acme().publish("contact", fits).join();
		assertThatIllegalArgumentException().isThrownBy(() -> acme().publish("contact", fits + "x"))
			.withMessageStartingWith("The payload for topic 'contact' has 65 bytes, more than the 64 of "
					+ "realtime.limits.payload-size.");
		assertThat(published(new ChannelId("acme", null, "contact"))).hasSize(1);
	}

	@Test
	void userChannelIsThatOfTheCurrentUser() {
		login("alice@acme");
		this.realtime.publish("inbox", Map.of()).join();
		assertThat(published(new ChannelId("acme", "alice@acme", "inbox"))).hasSize(1);
	}

	@Test
	void userChannelIsThatOfTheNamedUser() {
		login("alice@acme");
		this.realtime.to("inbox").user("bob").publish().join();
		acme().to("inbox").user("bob").publish().join();
		assertThat(published(new ChannelId("acme", "bob", "inbox"))).hasSize(2);
	}

	@Test
	void whenThereIsNoUserThenTheErrorSaysWhatToWrite() {
		assertThatIllegalStateException().isThrownBy(() -> acme().publish("inbox", Map.of()))
			.withMessage("No user: nobody is logged in on this thread. Name the user whose channel it is with "
					+ "realtime.to(topic).user(name)");
	}

	@Test
	void whenTopicHasNoUserChannelsThenNoUserCanBeNamed() {
		assertThatIllegalArgumentException().isThrownBy(() -> acme().to("contact").user("bob"))
			.withMessage("Topic 'contact' has no channel per user. Declare it with scope = Scope.USER");
	}

	@Test
	void globalChannelNeedsNoTenant() {
		this.realtime.publish(new Maintenance("tonight")).join();
		acme().publish(new Maintenance("tomorrow")).join();
		assertThat(published(new ChannelId(null, null, "maintenance"))).hasSize(2);
	}

	@Test
	void builderCarriesItsOptions() {
		StreamPosition first = acme().to("contact")
			.data(List.of(1))
			.event("created")
			.except("c1")
			.idempotencyKey("k")
			.publish()
			.join();
		Publication publication = last(new ChannelId("acme", null, "contact"));
		assertThat(publication.event()).isEqualTo("created");
		assertThat(publication.except()).isEqualTo("c1");
		assertThat(publication.data()).asString().isEqualTo("[1]");
		assertThat(acme().to("contact").idempotencyKey("k").publish().join()).isEqualTo(first);
		assertThat(published(new ChannelId("acme", null, "contact"))).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a\nb", "a\0", "a\u0085", "\u001b[0m", "\r" })
	void whenNamesHaveControlCharactersThenTheyAreRefused(String name) {
		PublicationBuilder builder = acme().to("contact");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.event(name))
			.withMessage("The event name is not 1 to 128 characters without control characters");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.except(name))
			.withMessageStartingWith("The connection id is not");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.idempotencyKey(name))
			.withMessageStartingWith("The idempotency key is not");
	}

	@Test
	void namesAreBounded() {
		String longest = "x".repeat(128);
		acme().to("contact").event(longest).except(longest).idempotencyKey(longest).publish().join();
		assertThatIllegalArgumentException().isThrownBy(() -> acme().to("contact").event(longest + "x"));
	}

	@Test
	void payloadIsWrittenDuringTheCall() {
		CompletableFuture<StreamPosition> published;
		Map<String, Object> data = new HashMap<>(Map.of("id", 1));
		List<Map<String, Object>> nested = new ArrayList<>(List.of(data));
		published = acme().publish("contact", nested);
		data.put("id", 2);
		nested.add(Map.of());
		published.join();
		assertThat(last(new ChannelId("acme", null, "contact")).data()).asString().isEqualTo("[{\"id\":1}]");
	}

	@Test
	void connectionTokenIsForTheCurrentUser() {
		login("alice@acme");
		Authentication user = this.tokens.connections().authenticate(this.realtime.connectionToken());
		assertThat(user.getPrincipal()).isEqualTo(new ConnectionUser("alice@acme", new Tenant("acme"), null, null));
	}

	@Test
	void tokensBelongToTheSessionOfTheRequest() {
		login("alice@acme");
		MockHttpServletRequest request = new MockHttpServletRequest();
		RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
		try {
			assertThat(this.tokens.connections().authenticate(this.realtime.connectionToken()).getPrincipal())
				.extracting("session")
				.isNull();
			assertThat(request.getSession(false)).isNull();
			String session = SessionReference.of(request.getSession(true).getId());
			assertThat(this.tokens.connections().authenticate(this.realtime.connectionToken()).getPrincipal())
				.extracting("session")
				.isEqualTo(session)
				.isNotEqualTo(request.getSession(true).getId());
		}
		finally {
			RequestContextHolder.resetRequestAttributes();
		}
	}

	@Test
	void subscriptionTokenIsForTheCurrentUserAndExactlyThis() {
		login("alice@acme");
		String token = this.realtime.subscribeToken("document.42", Map.of("part", List.of("a", "b")));
		TokenSubject alice = new TokenSubject("alice@acme", new Tenant("acme"), null);
		TopicFilter filter = TopicFilter.ofMap(Map.of("part", List.of("b", "a")));
		assertThat(this.tokens.subscriptions().verify(token, alice, "document.42", filter).settings())
			.isEqualTo(this.topics.find("document.42").settings());
		assertThatExceptionOfType(InvalidTokenException.class)
			.isThrownBy(() -> this.tokens.subscriptions().verify(token, alice, "document.42", TopicFilter.none()));
	}

	@Test
	void whenRuleDeniesThenThereIsNoSubscriptionToken() {
		login("alice@acme");
		assertThatExceptionOfType(AccessDeniedException.class)
			.isThrownBy(() -> this.realtime.subscribeToken("secret", Map.of()));
	}

	@Test
	void whenTopicIsUnknownOrLacksAVariableThenThereIsNoSubscriptionToken() {
		login("alice@acme");
		for (String topic : List.of("nowhere", "document.{id}", "document")) {
			assertThatIllegalArgumentException().isThrownBy(() -> this.realtime.subscribeToken(topic, Map.of()))
				.withMessageContaining(topic);
		}
	}

	@Test
	void whenNobodyIsLoggedInThenThereAreNoTokens() {
		assertThatIllegalStateException().isThrownBy(() -> acme().connectionToken()).withMessageContaining("logged in");
		assertThatIllegalStateException().isThrownBy(() -> acme().subscribeToken("contact", Map.of()));
	}

	private Realtime acme() {
		return this.realtime.forTenant("acme");
	}

	private static void login(String name) {
		Authentication user = new TestingAuthenticationToken(name, "", "ROLE_USER");
		SecurityContextHolder.getContext().setAuthentication(user);
	}

	private List<Publication> published(ChannelId channel) {
		return this.backplane.past(channel, 100).join().publications();
	}

	private Publication last(ChannelId channel) {
		List<Publication> publications = published(channel);
		assertThat(publications).isNotEmpty();
		return publications.get(publications.size() - 1);
	}

	private List<Publication> byKey(ChannelId channel, Object... key) {
		return this.backplane.lastByKey(channel, List.of(Arrays.asList(key))).join();
	}

	@RealtimeTopic(canSubscribe = "denyAll")
	record Secret() {

	}

	@RealtimeTopic(canSubscribe = "permitAll")
	record Contact() {

	}

	@RealtimeTopic(canSubscribe = "permitAll")
	record ContactUpdated(long id, String by) {

	}

	@RealtimeTopic(name = "document.{id}", canSubscribe = "permitAll")
	record DocumentUpdated(long id, String part) {

	}

	@RealtimeTopic(name = "pair.{a}.{b}", canSubscribe = "permitAll")
	record Pair(String a, String b) {

	}

	@RealtimeTopic(scope = Scope.USER, canSubscribe = "permitAll")
	record Inbox() {

	}

	@RealtimeTopic(scope = Scope.GLOBAL, canSubscribe = "permitAll")
	record Maintenance(String text) {

	}

	@RealtimeTopic(key = { "id", "kind" }, canSubscribe = "permitAll")
	record Keyed(long id, String kind) {

	}

}
