/**
 * The way of a publication from the application to the engine.
 */
@NullMarked
package dev.realtime.publish;

import org.jspecify.annotations.NullMarked;
