/**
 * The backplane on Redis.
 */
@NullMarked
package dev.realtime.redis;

import org.jspecify.annotations.NullMarked;
