/**
 * What single users should know: the list under the bell.
 */
@NullMarked
package dev.realtime.sample.notification;

import org.jspecify.annotations.NullMarked;
