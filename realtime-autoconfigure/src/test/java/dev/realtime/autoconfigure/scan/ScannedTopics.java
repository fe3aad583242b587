package dev.realtime.autoconfigure.scan;

import dev.realtime.CanSubscribe;
import dev.realtime.RealtimeTopic;
import dev.realtime.TopicFilter;
import dev.realtime.TopicVariable;

import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Component;

/**
 * Topics of every kind, in a package of their own.
 */
public final class ScannedTopics {

	private ScannedTopics() {
	}

	/**
	 * What a topic takes in its constructor.
	 */
	public static class Documents {

		boolean isVisible(long id) {
			return id == 42;
		}

	}

	@RealtimeTopic("document.{id}")
	static class DocumentTopic {

		private final Documents documents;

		DocumentTopic(Documents documents) {
			this.documents = documents;
		}

		@CanSubscribe
		boolean canSubscribe(@TopicVariable long id) {
			return this.documents.isVisible(id);
		}

	}

	@RealtimeTopic(key = "id", canSubscribe = "isAuthenticated() and !#filter.contains('secret')")
	record ContactUpdated(long id, Editor by) {

	}

	/**
	 * Part of a payload.
	 */
	record Editor(String name) {

	}

	@RealtimeTopic
	record StaticRule(long id) {

		@CanSubscribe
		static boolean canSubscribe(Authentication user, TopicFilter filter) {
			return filter.contains("id");
		}

	}

	@Component
	@RealtimeTopic
	static class ComponentTopic {

		@CanSubscribe
		boolean canSubscribe() {
			return true;
		}

	}

	/**
	 * A topic that the application creates itself.
	 */
	@RealtimeTopic
	public static class FactoryTopic {

		private final String allowed;

		public FactoryTopic(String allowed) {
			this.allowed = allowed;
		}

		@CanSubscribe
		boolean canSubscribe(Authentication user) {
			return user.getName().equals(this.allowed);
		}

	}

	static class NoTopic {

	}

}
