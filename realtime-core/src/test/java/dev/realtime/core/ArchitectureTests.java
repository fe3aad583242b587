package dev.realtime.core;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * What the engine may use.
 */
@Timeout(60)
class ArchitectureTests {

	private final JavaClasses classes = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages("dev.realtime");

	@Test
	void engineUsesNothingButTheJdkAndLogging() {
		classes().should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage("java..", "org.jspecify.annotations", "org.slf4j..", "dev.realtime",
					"dev.realtime.core")
			.check(this.classes);
	}

	@Test
	void whatApplicationsImportUsesNothingOfTheEngine() {
		classes().that()
			.resideInAPackage("dev.realtime")
			.should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage("java..", "org.jspecify.annotations", "dev.realtime")
			.check(this.classes);
	}

	@Test
	void packagesHaveNoCycles() {
		slices().matching("dev.(realtime..)").should().beFreeOfCycles().check(this.classes);
	}

}
