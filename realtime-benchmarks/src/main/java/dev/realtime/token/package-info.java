/**
 * Microbenchmarks of tokens, in the package of what they measure.
 */
@NullMarked
package dev.realtime.token;

import org.jspecify.annotations.NullMarked;
