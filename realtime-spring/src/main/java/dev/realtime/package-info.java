/**
 * What applications import: topics, rules, tenants and publishing.
 */
@NullMarked
package dev.realtime;

import org.jspecify.annotations.NullMarked;
