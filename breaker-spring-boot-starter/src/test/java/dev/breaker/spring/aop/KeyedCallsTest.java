package dev.breaker.spring.aop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breaker.Breaker;
import dev.breaker.KeyedBreakers;
import dev.breaker.spring.annotation.CircuitBreaker;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class KeyedCallsTest {

    record Tenant(@Nullable String name, String region) {}

    static class Partner {

        @CircuitBreaker(name = "partner", key = "#tenant", fallbackMethod = "cold")
        public String hot(@Nullable String tenant, boolean up) {
            if (!up) {
                throw new IllegalStateException("down");
            }
            return "hot";
        }

        @SuppressWarnings("unused")
        private String cold(@Nullable String tenant, boolean up) {
            return "cold";
        }

        @CircuitBreaker(name = "by-expression", key = "#tenant.name.toUpperCase() + '/' + #p0.region")
        public String byExpression(@Nullable Tenant tenant) {
            return "hot";
        }

        @CircuitBreaker(name = "by-root", key = "method.name + args.size()")
        public String byRoot(String first) {
            return "hot";
        }

        @CircuitBreaker(name = "by-bean", key = "@regions.of(#tenant)")
        public String byBean(String tenant) {
            return "hot";
        }

        @CircuitBreaker(name = "stage", key = "#tenant")
        public CompletableFuture<String> stage(String tenant) {
            return CompletableFuture.failedFuture(new IllegalStateException("down"));
        }
    }

    static class Regions {

        public String of(String tenant) {
            return "eu-" + tenant;
        }
    }

    static class Misspelt {

        @CircuitBreaker(name = "partner", key = "#tennant")
        public String hot(String tenant) {
            return "hot";
        }
    }

    static class Unreadable {

        @CircuitBreaker(name = "partner", key = "#tenant.(")
        public String hot(String tenant) {
            return "hot";
        }
    }

    private final Circuits circuits = Circuits.with(context -> {
        context.registerBean(Partner.class);
        context.registerBean("regions", Regions.class);
    });
    private final Partner partner = circuits.bean(Partner.class);

    private KeyedBreakers keyed(String name) {
        return circuits.registry.keyed(name);
    }

    @Test
    void oneKeysFailuresRejectThatKeyAlone() {
        for (int i = 0; i < 3; i++) {
            assertThat(partner.hot("acme", false)).isEqualTo("cold");
        }
        assertThat(partner.hot("acme", true)).isEqualTo("cold");
        assertThat(partner.hot("other", true)).isEqualTo("hot");
        assertThat(keyed("partner").breakers())
                .extracting(Breaker::name)
                .containsExactlyInAnyOrder("partner[acme]", "partner[other]");
        assertThat(circuits.breaker("partner[acme]").totals().fallbacks()).isEqualTo(3 + 1);
    }

    @Test
    void aCallWithoutKeyPassesTheCircuitOfTheBareName() {
        partner.hot(null, true);
        assertThat(circuits.counts("partner").calls()).isEqualTo(1);
        assertThat(keyed("partner").breakers()).isEmpty();
    }

    @Test
    void theKeyMayBeAnyExpression() {
        partner.byExpression(new Tenant("acme", "eu"));
        partner.byRoot("x");
        partner.byBean("acme");
        assertThat(keyed("by-expression").breakers())
                .extracting(Breaker::name)
                .containsExactly("by-expression[ACME/eu]");
        assertThat(keyed("by-root").breakers()).extracting(Breaker::name).containsExactly("by-root[byRoot1]");
        assertThat(keyed("by-bean").breakers()).extracting(Breaker::name).containsExactly("by-bean[eu-acme]");
    }

    @Test
    void otherReturnTypesHaveKeysToo() {
        partner.stage("acme");
        partner.stage("acme");
        assertThat(partner.stage("acme")).isCompletedExceptionally();
        assertThat(circuits.breaker("stage[acme]").totals().rejected()).isEqualTo(1);
    }

    @Test
    void anExpressionThatFailsDoesNotFailTheCallAndIsReportedOnce(CapturedOutput output) {
        for (int i = 0; i < 10; i++) {
            assertThatCode(() -> partner.byExpression(new Tenant(null, "eu"))).doesNotThrowAnyException();
            assertThatCode(() -> partner.byExpression(null)).doesNotThrowAnyException();
        }
        assertThat(circuits.counts("by-expression").calls()).isEqualTo(20);
        assertThat(output.getAll().lines().filter(line -> line.contains("could not be found")))
                .hasSize(1);
    }

    @Nested
    class AtStartUp {

        @Test
        void aNameThatIsNoParameterIsRefused() {
            assertThatThrownBy(() -> Circuits.around(Misspelt.class))
                    .hasStackTraceContaining("Invalid key (#tennant) for circuit breaker 'partner'")
                    .hasStackTraceContaining("there is no parameter 'tennant'; known are tenant, p0.");
        }

        @Test
        void whatIsNoExpressionIsRefused() {
            assertThatThrownBy(() -> Circuits.around(Unreadable.class))
                    .hasStackTraceContaining("Invalid key (#tenant.() for circuit breaker 'partner'")
                    .hasStackTraceContaining("is no expression");
        }
    }
}
