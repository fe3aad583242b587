/**
 * Who is there: sessions of all nodes, replicated to all nodes, and those who watch.
 */
@NullMarked
package dev.realtime.presence;

import org.jspecify.annotations.NullMarked;
