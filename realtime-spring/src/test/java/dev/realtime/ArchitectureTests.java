package dev.realtime;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * What topics, publishing and the STOMP side may use.
 */
@Timeout(60)
class ArchitectureTests {

	private final JavaClasses classes = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages("dev.realtime");

	@Test
	void modulesAreKept() {
		classes().should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage("java..", "jakarta.servlet..", "jakarta.validation..", "jakarta.websocket..",
					"com.fasterxml.jackson.annotation..", "org.eclipse.jetty.websocket.api..",
					"org.eclipse.jetty.ee11.websocket.server..", "org.jspecify.annotations", "org.slf4j",
					"com.nimbusds..", "dev.realtime..", "tools.jackson..", "io.github.bucket4j..",
					"org.springframework.aop..", "org.springframework.beans..", "org.springframework.context..",
					"org.springframework.core..", "org.springframework.expression..", "org.springframework.format..",
					"org.springframework.http..", "org.springframework.messaging..", "org.springframework.security..",
					"org.springframework.transaction..", "org.springframework.util..",
					"org.springframework.validation..", "org.springframework.web..")
			.check(this.classes);
	}

	@Test
	void whatApplicationsImportIsPureApi() {
		classes().that()
			.resideInAPackage("dev.realtime")
			.should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage("java..", "org.jspecify.annotations", "dev.realtime",
					"org.springframework.core.annotation", "org.springframework.security.core")
			.check(this.classes);
	}

	@Test
	void publishingKnowsNothingOfStomp() {
		classes().that()
			.resideInAnyPackage("dev.realtime.publish", "dev.realtime.topic", "dev.realtime.tenant",
					"dev.realtime.json")
			.should()
			.onlyDependOnClassesThat()
			.resideOutsideOfPackages("dev.realtime.stomp..", "org.springframework.web..", "jakarta..")
			.check(this.classes);
	}

	@Test
	void onlyTokensKnowTheirLibrary() {
		classes().that()
			.resideOutsideOfPackage("dev.realtime.token")
			.should()
			.onlyDependOnClassesThat()
			.resideOutsideOfPackage("com.nimbusds..")
			.check(this.classes);
	}

	@Test
	void packagesHaveNoCycles() {
		slices().matching("dev.realtime.(*)..").should().beFreeOfCycles().check(this.classes);
	}

}
