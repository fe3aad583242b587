/**
 * Wiring of Realtime in Spring Boot applications.
 */
@NullMarked
package dev.realtime.autoconfigure;

import org.jspecify.annotations.NullMarked;
