/**
 * Alerts from an admin to the admins of the same tenant.
 */
@NullMarked
package dev.realtime.sample.alert;

import org.jspecify.annotations.NullMarked;
