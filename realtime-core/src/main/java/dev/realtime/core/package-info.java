/**
 * The engine: channels, positions, filters, the subscription index, delivery lanes and
 * the backplane.
 */
@NullMarked
package dev.realtime.core;

import org.jspecify.annotations.NullMarked;
