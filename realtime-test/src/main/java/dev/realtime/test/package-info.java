/**
 * What implementers of a backplane test with.
 */
@NullMarked
package dev.realtime.test;

import org.jspecify.annotations.NullMarked;
