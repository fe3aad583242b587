/**
 * Payloads and filters as JSON.
 */
@NullMarked
package dev.realtime.json;

import org.jspecify.annotations.NullMarked;
