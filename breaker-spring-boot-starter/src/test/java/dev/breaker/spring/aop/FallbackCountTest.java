package dev.breaker.spring.aop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.spring.annotation.CircuitBreaker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Every answer of a fallback is counted once, whatever the method returns. */
class FallbackCountTest {

    static class Partner {

        @CircuitBreaker(name = "plain", fallbackMethod = "cold")
        public String plain(String result) {
            if (result.equals("down")) {
                throw new IllegalStateException(result);
            }
            return result;
        }

        @SuppressWarnings("unused")
        private String cold(String result) {
            return "cold";
        }

        @CircuitBreaker(name = "stage", fallbackMethod = "coldStage")
        public CompletableFuture<String> stage() {
            return CompletableFuture.failedFuture(new IllegalStateException("down"));
        }

        @SuppressWarnings("unused")
        private CompletableFuture<String> coldStage() {
            return CompletableFuture.completedFuture("cold");
        }

        @CircuitBreaker(name = "mono", fallbackMethod = "coldMono")
        public Mono<String> mono() {
            return Mono.error(new IllegalStateException("down"));
        }

        @SuppressWarnings("unused")
        private Mono<String> coldMono() {
            return Mono.just("cold");
        }

        @CircuitBreaker(name = "future", fallbackMethod = "coldFuture")
        public Future<String> future() {
            FutureTask<String> task = new FutureTask<>(() -> {
                throw new IllegalStateException("down");
            });
            task.run();
            return task;
        }

        @SuppressWarnings("unused")
        private Future<String> coldFuture() {
            return CompletableFuture.completedFuture("cold");
        }
    }

    private static long fallbacks(Circuits circuits, String name) {
        return circuits.breaker(name).totals().fallbacks();
    }

    @Test
    void ofARejectedOfAFailedCallAndOfABadResult() {
        try (Circuits circuits = Circuits.around(Partner.class)) {
            Partner partner = circuits.bean(Partner.class);
            assertThat(partner.plain("hot")).isEqualTo("hot");
            assertThat(fallbacks(circuits, "plain")).isZero();
            assertThat(partner.plain("bad")).isEqualTo("cold");
            assertThat(fallbacks(circuits, "plain")).isEqualTo(1);
            assertThat(partner.plain("down")).isEqualTo("cold");
            assertThat(fallbacks(circuits, "plain")).isEqualTo(2);
            circuits.open("plain");
            assertThat(partner.plain("hot")).isEqualTo("cold");
            assertThat(fallbacks(circuits, "plain")).isEqualTo(3);
            assertThat(circuits.breaker("plain").totals().rejected()).isEqualTo(1);
        }
    }

    @Test
    void ofEachSubscription() {
        try (Circuits circuits = Circuits.around(Partner.class)) {
            Mono<String> answer = circuits.bean(Partner.class).mono();
            assertThat(answer.block()).isEqualTo("cold");
            assertThat(answer.block()).isEqualTo("cold");
            assertThat(answer.block()).isEqualTo("cold");
            assertThat(fallbacks(circuits, "mono")).isEqualTo(3);
            assertThat(circuits.breaker("mono").totals().rejected()).isEqualTo(1);
        }
    }

    @Test
    void ofAStageAndOfAFuture() throws ExecutionException, InterruptedException {
        try (Circuits circuits = Circuits.around(Partner.class)) {
            Partner partner = circuits.bean(Partner.class);
            assertThat(partner.stage()).isCompletedWithValue("cold");
            assertThat(fallbacks(circuits, "stage")).isEqualTo(1);
            assertThat(partner.future().get()).isEqualTo("cold");
            assertThat(fallbacks(circuits, "future")).isEqualTo(1);
        }
    }
}
