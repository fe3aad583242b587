/**
 * Rights that change while somebody is subscribed or connected.
 */
@NullMarked
package dev.realtime.access;

import org.jspecify.annotations.NullMarked;
