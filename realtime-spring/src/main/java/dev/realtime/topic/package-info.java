/**
 * The declared topics and their rules.
 */
@NullMarked
package dev.realtime.topic;

import org.jspecify.annotations.NullMarked;
