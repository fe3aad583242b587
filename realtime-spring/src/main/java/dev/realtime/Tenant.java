package dev.realtime;

/**
 * The tenant of a connection or a publication. It comes from the authentication, never
 * from anything a client writes into a frame.
 *
 * @param id what the {@link TenantResolver} answered
 * @since 0.1.0
 */
public record Tenant(String id) {

	/**
	 * The id of the only tenant of an application that has no tenants.
	 */
	public static final String DEFAULT_ID = "default";

	public Tenant {
		if (id.isBlank() || id.length() > 255 || id.chars().anyMatch(Character::isISOControl)) {
			throw new IllegalArgumentException(
					"A tenant id is 1 to 255 characters, not blank and without control characters");
		}
	}

}
