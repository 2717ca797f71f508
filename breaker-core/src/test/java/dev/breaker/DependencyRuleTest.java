package dev.breaker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The core runs anywhere: no Spring, no Redis, no library beside the logging facade and the null annotations. */
@AnalyzeClasses(packages = "dev.breaker", importOptions = DoNotIncludeTests.class)
class DependencyRuleTest {

    @ArchTest
    static final ArchRule dependsOnJavaTheLoggingFacadeAndNullAnnotationsOnly = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.breaker..", "java..", "org.slf4j..", "org.jspecify.annotations..");

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("dev.(**)").should().beFreeOfCycles();
}
