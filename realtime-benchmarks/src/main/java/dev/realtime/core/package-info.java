/**
 * Microbenchmarks of what the engine keeps to itself.
 */
@NullMarked
package dev.realtime.core;

import org.jspecify.annotations.NullMarked;
