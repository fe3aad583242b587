package dev.realtime.autoconfigure;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationProperties;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the wiring may use, and what of it others may use.
 */
@Timeout(60)
class ArchitectureTests {

	private static final String IMPORTS = "/META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports";

	private final JavaClasses all = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
		.withImportOption((location) -> !location.contains("-tests.jar"))
		.importPackages("dev.realtime");

	private final JavaClasses wiring = this.all
		.that(JavaClass.Predicates.resideInAPackage("dev.realtime.autoconfigure"));

	@Test
	void onlyTheWiringKnowsBoot() {
		noClasses().that()
			.resideOutsideOfPackage("dev.realtime.autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.boot..", "dev.realtime.autoconfigure..")
			.check(this.all);
	}

	@Test
	void autoConfigurationsArePublicAndFinal() {
		classes().that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.check(this.wiring);
	}

	@Test
	void nothingElseIsPublicButProperties() {
		classes().that(DescribedPredicate.not(isProperties()))
			.and()
			.areNotAnnotatedWith(AutoConfiguration.class)
			.should()
			.notBePublic()
			.check(this.wiring);
	}

	private static DescribedPredicate<JavaClass> isProperties() {
		return DescribedPredicate.describe("belong to properties", (type) -> {
			JavaClass outermost = type;
			while (outermost.getEnclosingClass().isPresent()) {
				outermost = outermost.getEnclosingClass().get();
			}
			return outermost.isAnnotatedWith(ConfigurationProperties.class);
		});
	}

	@Test
	void everyAutoConfigurationIsRegistered() throws Exception {
		try (InputStream imports = getClass().getResourceAsStream(IMPORTS)) {
			List<String> registered = new String(imports.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
			assertThat(registered).containsExactlyInAnyOrderElementsOf(this.wiring.stream()
				.filter((type) -> type.isAnnotatedWith(AutoConfiguration.class))
				.map(JavaClass::getName)
				.toList());
		}
	}

	@Test
	void packagesHaveNoCycles() {
		slices().matching("dev.realtime.(*)..").should().beFreeOfCycles().check(this.all);
	}

}
