/**
 * The load client: one thread and one selector for all connections, which understands
 * WebSocket framing and as much of each protocol as it takes to count messages.
 */
@NullMarked
package dev.realtime.benchmarks.client;

import org.jspecify.annotations.NullMarked;
