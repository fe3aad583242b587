package dev.realtime.autoconfigure.app;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.realtime.Decision;

import org.springframework.stereotype.Component;

/**
 * Who may see which room, as long as a test says so.
 */
@Component
public class Permits {

	private final Map<String, Decision> decisions = new ConcurrentHashMap<>();

	public void set(String user, String room, Decision decision) {
		this.decisions.put(user + " " + room, decision);
	}

	Decision decide(String user, String room) {
		return this.decisions.getOrDefault(user + " " + room, Decision.deny());
	}

}
