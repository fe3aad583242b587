package dev.realtime.autoconfigure;

import jakarta.servlet.ServletContext;
import jakarta.websocket.server.ServerContainer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;

/**
 * Makes Tomcat's buffers for incoming messages small: it keeps 24 KB of them for every
 * connection, and our endpoint takes messages in parts. The size is one for all endpoints
 * of the application, and the largest message for most others; so only where there are
 * none.
 */
final class SmallTomcatBuffers implements SmartInitializingSingleton {

	static final int SIZE = 512;

	private final ServletContext servletContext;

	private final ObjectProvider<HandlerMapping> mappings;

	SmallTomcatBuffers(ServletContext servletContext, ObjectProvider<HandlerMapping> mappings) {
		this.servletContext = servletContext;
		this.mappings = mappings;
	}

	@Override
	public void afterSingletonsInstantiated() {
		Object container = this.servletContext.getAttribute(ServerContainer.class.getName());
		if (container instanceof ServerContainer tomcat
				&& container.getClass().getName().startsWith("org.apache.tomcat.") && isOnlyEndpoint()) {
			tomcat.setDefaultMaxTextMessageBufferSize(SIZE);
			tomcat.setDefaultMaxBinaryMessageBufferSize(SIZE);
		}
	}

	private boolean isOnlyEndpoint() {
		return this.mappings.stream()
			.filter((mapping) -> mapping instanceof WebSocketHandlerMapping sockets && !sockets.getUrlMap().isEmpty())
			.count() == 1;
	}

}
