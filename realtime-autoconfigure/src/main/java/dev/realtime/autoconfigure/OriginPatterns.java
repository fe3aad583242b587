package dev.realtime.autoconfigure;

import java.util.Collection;
import java.util.regex.Pattern;

/**
 * What {@code realtime.allowed-origins} lets in. Its values are patterns, in which
 * {@code *} stands for anything, dots included.
 */
final class OriginPatterns {

	private static final Pattern SCHEME = Pattern.compile("^.*://");

	/** A number, any number, or a list of them in brackets. */
	private static final Pattern PORT = Pattern.compile(":(\\*|[0-9]+|\\[[^]]*]?)$");

	/** What nobody but the owner of a domain can have a host in. */
	private static final Pattern DOMAIN = Pattern.compile("\\.([^.]+\\.)+[^.]+|\\.localhost");

	private OriginPatterns() {
	}

	/**
	 * Whether somebody who has nothing to do with the application can have a page with
	 * such an origin.
	 * @param patterns origins, or patterns of them
	 * @return whether one of them fits hosts of more than one domain
	 */
	static boolean admitStrangers(Collection<String> patterns) {
		return patterns.stream().anyMatch(OriginPatterns::admitsStrangers);
	}

	private static boolean admitsStrangers(String pattern) {
		String host = PORT.matcher(SCHEME.matcher(pattern.trim()).replaceFirst("")).replaceFirst("");
		int wildcard = host.lastIndexOf('*');
		return wildcard >= 0 && !DOMAIN.matcher(host.substring(wildcard + 1)).matches();
	}

}
