/**
 * STOMP over WebSocket: connections, authentication, subscriptions and frames.
 */
@NullMarked
package dev.realtime.stomp;

import org.jspecify.annotations.NullMarked;
