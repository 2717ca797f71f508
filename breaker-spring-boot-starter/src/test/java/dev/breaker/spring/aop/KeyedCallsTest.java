package dev.breaker.spring.aop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breaker.Breaker;
import dev.breaker.CallNotPermittedException;
import dev.breaker.KeyedBreakers;
import dev.breaker.spring.annotation.CircuitBreaker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

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

        @CircuitBreaker(name = "future", key = "#tenant")
        public Future<String> future(String tenant) {
            return new FutureTask<>(() -> "never run");
        }

        @CircuitBreaker(name = "mono", key = "#tenant")
        public Mono<String> mono(String tenant) {
            return Mono.error(new IllegalStateException("down"));
        }

        @CircuitBreaker(name = "flux", key = "#tenant")
        public Flux<String> flux(String tenant) {
            return Flux.error(new IllegalStateException("down"));
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
    void stagesHaveKeysToo() {
        partner.stage("acme");
        partner.stage("acme");
        assertThat(partner.stage("acme")).isCompletedExceptionally();
        assertThat(circuits.breaker("stage[acme]").totals().rejected()).isEqualTo(1);
    }

    @Test
    void futuresHaveKeysToo() {
        assertThat(partner.future("acme").cancel(true)).isTrue();
        circuits.open("future[acme]");
        assertThat(partner.future("acme")).failsWithin(Duration.ZERO);
        assertThat(circuits.breaker("future[acme]").totals().rejected()).isEqualTo(1);
        assertThat(partner.future("other")).isNotDone();
    }

    /** Who holds a publisher subscribes again whenever it likes. */
    @ParameterizedTest
    @ValueSource(strings = {"mono", "flux"})
    void aPublisherThatIsKeptPassesTheCircuitThatItsKeyHasAtTheTime(String kind) {
        Publisher<String> kept = kind.equals("mono") ? partner.mono("acme") : partner.flux("acme");
        String name = kind + "[acme]";
        assertThat(circuits.registry.find(name)).isEmpty();
        assertThat(failureOf(kept)).hasMessage("down");
        assertThat(failureOf(kept)).hasMessage("down");
        assertThat(failureOf(kept)).isInstanceOf(CallNotPermittedException.class);
        Breaker before = circuits.breaker(name);

        circuits.ticker.advance(Circuits.CONFIG.keyIdleExpiry().multipliedBy(2));
        assertThat(circuits.registry.find(name)).isEmpty();

        assertThat(failureOf(kept)).hasMessage("down");
        assertThat(circuits.breaker(name)).isNotSameAs(before);
        assertThat(circuits.breaker(name).totals().failures()).isEqualTo(1);
        assertThat(before.totals().failures()).isEqualTo(2);
    }

    private static Throwable failureOf(Publisher<String> publisher) {
        return Flux.from(publisher)
                .ignoreElements()
                .cast(Throwable.class)
                .onErrorResume(Mono::just)
                .blockOptional()
                .orElseThrow();
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
