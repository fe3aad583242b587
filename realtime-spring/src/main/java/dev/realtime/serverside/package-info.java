/**
 * Subscriptions that server code begins and ends.
 */
@NullMarked
package dev.realtime.serverside;

import org.jspecify.annotations.NullMarked;
