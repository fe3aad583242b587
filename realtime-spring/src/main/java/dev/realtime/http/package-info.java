/**
 * What browsers ask the application over HTTP before they connect.
 */
@NullMarked
package dev.realtime.http;

import org.jspecify.annotations.NullMarked;
