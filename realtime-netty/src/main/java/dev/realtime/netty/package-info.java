/**
 * The dedicated WebSocket port, on Netty.
 */
@NullMarked
package dev.realtime.netty;

import org.jspecify.annotations.NullMarked;
