/**
 * Figures about the deals of a tenant, published by a scheduled job.
 */
@NullMarked
package dev.realtime.sample.pipeline;

import org.jspecify.annotations.NullMarked;
