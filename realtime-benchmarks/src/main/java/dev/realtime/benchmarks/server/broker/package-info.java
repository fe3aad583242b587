/**
 * Spring's simple broker, beside which ours is measured.
 */
@NullMarked
package dev.realtime.benchmarks.server.broker;

import org.jspecify.annotations.NullMarked;
