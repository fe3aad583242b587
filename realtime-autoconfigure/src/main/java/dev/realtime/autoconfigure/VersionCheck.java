package dev.realtime.autoconfigure;

import java.lang.module.ModuleDescriptor.Version;
import java.util.function.Supplier;

import org.apache.catalina.util.ServerInfo;
import org.jspecify.annotations.Nullable;

import org.springframework.core.SpringVersion;
import org.springframework.util.ClassUtils;

/**
 * A version with known vulnerabilities, which the application got from somewhere.
 */
final class VersionCheck implements Supplier<@Nullable String> {

	private static final boolean TOMCAT_PRESENT = ClassUtils.isPresent("org.apache.catalina.util.ServerInfo",
			VersionCheck.class.getClassLoader());

	private final String product;

	private final Supplier<@Nullable String> version;

	private final Version floor;

	private final String vulnerabilities;

	private final String property;

	VersionCheck(String product, Supplier<@Nullable String> version, String floor, String vulnerabilities,
			String property) {
		this.product = product;
		this.version = version;
		this.floor = Version.parse(floor);
		this.vulnerabilities = vulnerabilities;
		this.property = property;
	}

	static VersionCheck ofSpring() {
		return ofSpring(SpringVersion::getVersion);
	}

	static VersionCheck ofSpring(Supplier<@Nullable String> version) {
		return new VersionCheck("Spring Framework", version, "7.0.9", "CVE-2026-77791", "spring-framework.version");
	}

	static VersionCheck ofTomcat() {
		return ofTomcat(() -> TOMCAT_PRESENT ? Tomcat.version() : null);
	}

	static VersionCheck ofTomcat(Supplier<@Nullable String> version) {
		return new VersionCheck("Tomcat", version, "11.0.26", "CVE-2026-87022 and CVE-2026-79677", "tomcat.version");
	}

	@Override
	public @Nullable String get() {
		String version = this.version.get();
		return (version != null && isBelow(version))
				? this.product + " " + version + " has known vulnerabilities in its WebSocket support, among them "
						+ this.vulnerabilities + ". Use " + this.floor + " or newer, for instance with the property "
						+ this.property + " in a build that inherits from spring-boot-starter-parent."
				: null;
	}

	private boolean isBelow(String version) {
		try {
			return Version.parse(version).compareTo(this.floor) < 0;
		}
		catch (IllegalArgumentException ex) {
			// A version of a kind we do not know.
			return false;
		}
	}

	/**
	 * Keeps Tomcat's classes away from applications that do not have them.
	 */
	private static final class Tomcat {

		static String version() {
			return ServerInfo.getServerNumber();
		}

	}

}
