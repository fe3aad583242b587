/**
 * Application events that are published to topics.
 */
@NullMarked
package dev.realtime.event;

import org.jspecify.annotations.NullMarked;
