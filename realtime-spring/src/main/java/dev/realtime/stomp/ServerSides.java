package dev.realtime.stomp;

import java.util.Map;
import java.util.Objects;

import dev.realtime.access.AccessCounters;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.limit.Limiter;
import dev.realtime.serverside.ServerSideConnection;
import dev.realtime.serverside.ServerSubscriptionControl;

import org.springframework.messaging.simp.stomp.StompHeaderAccessor;

/**
 * Lets the server subscribe connections.
 *
 * @param control knows what to subscribe them to
 * @param engine keeps subscriptions
 * @param frames writes frames
 * @param limiter what connections may have
 * @param counters counts what is withdrawn
 */
record ServerSides(ServerSubscriptionControl control, RealtimeEngine engine, StompFrames frames, Limiter limiter,
		AccessCounters counters) {

	ServerSideConnection add(StompConnection connection, StompHeaderAccessor connect) {
		ServerSideConnection serverSide = this.control.add(new StompServerSide(connection, this.engine, this.frames,
				this.limiter, this.counters, Objects.requireNonNullElse(StompServerSide.positions(connect), Map.of())));
		connection.setServerSide(serverSide);
		if (connection.isEnded()) {
			// Maybe too early for it to be told.
			serverSide.end();
		}
		return serverSide;
	}

}
