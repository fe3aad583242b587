/**
 * The words that the engine shares with applications.
 */
@NullMarked
package dev.realtime;

import org.jspecify.annotations.NullMarked;
