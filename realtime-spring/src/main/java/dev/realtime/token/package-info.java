/**
 * Signed tokens: who connects, and who may subscribe to what.
 */
@NullMarked
package dev.realtime.token;

import org.jspecify.annotations.NullMarked;
