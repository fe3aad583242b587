package dev.realtime.autoconfigure;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * How a backplane does now.
 *
 * @param connected whether publications get from node to node
 * @param since since when that is so, if anybody watches
 * @param reason why not, if they do not
 * @param backlog publications that wait for the backplane
 * @param dropped publications that waited in vain
 */
record BackplaneStatus(boolean connected, @Nullable Instant since, @Nullable String reason, int backlog, long dropped) {

}
