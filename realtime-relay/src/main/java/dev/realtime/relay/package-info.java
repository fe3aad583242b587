/**
 * The relay.
 */
@NullMarked
package dev.realtime.relay;

import org.jspecify.annotations.NullMarked;
