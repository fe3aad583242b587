/**
 * A small multi-tenant CRM that uses Realtime the way an application would.
 */
@NullMarked
package dev.realtime.sample;

import org.jspecify.annotations.NullMarked;
