package dev.breaker.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Dependencies point one way: from the starter to the core, and never from one feature to another. */
@AnalyzeClasses(
        packages = "dev.breaker",
        importOptions = {DoNotIncludeTests.class, DependencyRuleTest.DoNotIncludeTestJars.class})
class DependencyRuleTest {

    private static final String[] CORE = {"dev.breaker", "dev.breaker.shared.."};

    @ArchTest
    static final ArchRule coreDependsOnJavaTheLoggingFacadeAndNullAnnotationsOnly = classes()
            .that()
            .resideInAnyPackage(CORE)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.breaker", "dev.breaker.shared..", "java..", "org.slf4j..", "org.jspecify.annotations..");

    @ArchTest
    static final ArchRule featuresDoNotDependOnOneAnother = slices().matching(
                    "dev.breaker.spring.(aop|redis|actuate|micrometer|cloud|dashboard|http|probe)..")
            .should()
            .notDependOnEachOther()
            .allowEmptyShould(true);

    /*
     * Machines disagree about it: what goes to Redis is a duration. Events are shown to people with the time of day, and the
     * date in an HTTP answer has no other measure.
     */
    @ArchTest
    static final ArchRule readsNoWallClock = noClasses()
            .that()
            .resideOutsideOfPackages("dev.breaker.spring.actuate", "dev.breaker.spring.http")
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

    /** The contract suite comes from the core's test jar. */
    static final class DoNotIncludeTestJars implements ImportOption {

        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }
}
