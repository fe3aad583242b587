package dev.realtime.token;

import dev.realtime.Tenant;
import org.jspecify.annotations.Nullable;

/**
 * Who a token is for.
 *
 * @param user the name of the user
 * @param tenant the user's tenant
 * @param session the {@link SessionReference} of the user's HTTP session, if there is one
 * @since 0.1.0
 */
public record TokenSubject(String user, Tenant tenant, @Nullable String session) {

}
