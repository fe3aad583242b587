/**
 * Our endpoint, as the starter brings it up.
 */
@NullMarked
package dev.realtime.benchmarks.server.realtime;

import org.jspecify.annotations.NullMarked;
