/**
 * What runs inside the processes that are measured: the publisher, and a way to trigger
 * it. The same for every server in Java.
 */
@NullMarked
package dev.realtime.benchmarks.server;

import org.jspecify.annotations.NullMarked;
