/**
 * Which tenant a connection or a publication belongs to.
 */
@NullMarked
package dev.realtime.tenant;

import org.jspecify.annotations.NullMarked;
