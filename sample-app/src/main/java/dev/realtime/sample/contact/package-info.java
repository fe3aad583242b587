/**
 * The contacts of a tenant: a page that lists and edits them, and the topics that tell
 * other browsers about it.
 */
@NullMarked
package dev.realtime.sample.contact;

import org.jspecify.annotations.NullMarked;
