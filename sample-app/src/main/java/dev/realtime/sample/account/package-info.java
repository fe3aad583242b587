/**
 * Who may log in, and to which tenant they belong.
 */
@NullMarked
package dev.realtime.sample.account;

import org.jspecify.annotations.NullMarked;
