/**
 * Starts each server in a process of its own, drives it through the scenarios, and writes
 * down what came of it.
 */
@NullMarked
package dev.realtime.benchmarks;

import org.jspecify.annotations.NullMarked;
