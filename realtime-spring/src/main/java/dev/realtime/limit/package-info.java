/**
 * What clients may use of a node, and what becomes of those who want more.
 */
@NullMarked
package dev.realtime.limit;

import org.jspecify.annotations.NullMarked;
