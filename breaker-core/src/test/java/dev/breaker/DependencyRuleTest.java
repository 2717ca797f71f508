package dev.breaker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
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

    /* Machines disagree about it: what goes from one to another is a duration. */
    @ArchTest
    static final ArchRule readsNoWallClock = noClasses()
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Instant")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Clock")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Date");

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("dev.(**)").should().beFreeOfCycles();
}
