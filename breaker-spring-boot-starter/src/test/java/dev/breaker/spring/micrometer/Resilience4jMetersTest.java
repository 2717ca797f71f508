package dev.breaker.spring.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.Breaker;
import dev.breaker.BreakerConfig;
import dev.breaker.BreakerEvent;
import dev.breaker.BreakerListener;
import dev.breaker.BreakerRegistry;
import dev.breaker.ManualTicker;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The meters of Resilience4j 2.4.0, compared with what its AbstractCircuitBreakerMetrics registers. */
class Resilience4jMetersTest {

    private static final String PREFIX = "resilience4j.circuitbreaker.";

    private final ManualTicker ticker = new ManualTicker();
    private final BreakerRegistry registry = BreakerRegistry.builder()
            .ticker(ticker)
            .timed(true)
            .configs(name -> BreakerConfig.builder()
                    .minimumNumberOfCalls(4)
                    .permittedNumberOfCallsInHalfOpenState(2)
                    .slowCallDurationThreshold(Duration.ofSeconds(1))
                    .build())
            .build();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final BreakerMetrics metrics = new BreakerMetrics(registry, true);
    private final Breaker breaker = registry.breaker("partner");

    @AfterEach
    void close() {
        registry.close();
    }

    private double gauge(String name, String... tags) {
        return meters.get(PREFIX + name).tags(tags).gauge().value();
    }

    private void succeed(int times, Duration duration) {
        IntStream.range(0, times).forEach(i -> breaker.acquire().success(duration.toNanos()));
    }

    private void fail(int times, Duration duration) {
        IntStream.range(0, times).forEach(i -> breaker.acquire().failure(new IOException("down"), duration.toNanos()));
    }

    @Nested
    class Inventory {

        @Test
        void isThatOfResilience4j() {
            metrics.bindTo(meters);
            assertThat(meters.getMeters().stream()
                            .map(Meter::getId)
                            .filter(id -> id.getName().startsWith("resilience4j"))
                            .map(Inventory::described))
                    .containsExactlyInAnyOrder(
                            "state{name=partner,state=disabled} GAUGE null: The states of the circuit breaker",
                            "state{name=partner,state=metrics_only} GAUGE null: The states of the circuit breaker",
                            "state{name=partner,state=closed} GAUGE null: The states of the circuit breaker",
                            "state{name=partner,state=open} GAUGE null: The states of the circuit breaker",
                            "state{name=partner,state=forced_open} GAUGE null: The states of the circuit breaker",
                            "state{name=partner,state=half_open} GAUGE null: The states of the circuit breaker",
                            "buffered.calls{kind=failed,name=partner} GAUGE null: The number of buffered failed calls"
                                    + " stored in the ring buffer",
                            "buffered.calls{kind=successful,name=partner} GAUGE null: The number of buffered successful"
                                    + " calls stored in the ring buffer",
                            "slow.calls{kind=successful,name=partner} GAUGE null: The number of slow successful which"
                                    + " were slower than a certain threshold",
                            "slow.calls{kind=failed,name=partner} GAUGE null: The number of slow failed calls which"
                                    + " were slower than a certain threshold",
                            "failure.rate{name=partner} GAUGE null: The failure rate of the circuit breaker",
                            "slow.call.rate{name=partner} GAUGE null: The slow call of the circuit breaker",
                            "calls{kind=successful,name=partner} TIMER seconds: Total number of successful calls",
                            "calls{kind=failed,name=partner} TIMER seconds: Total number of failed calls",
                            "calls{kind=ignored,name=partner} TIMER seconds: Total number of calls which failed but the"
                                    + " exception was ignored",
                            "not.permitted.calls{kind=not_permitted,name=partner} COUNTER null: Total number of not"
                                    + " permitted calls");
        }

        private static String described(Meter.Id id) {
            String tags = id.getTags().stream()
                    .map(tag -> tag.getKey() + "=" + tag.getValue())
                    .collect(Collectors.joining(","));
            return id.getName().substring(PREFIX.length()) + "{" + tags + "} " + id.getType() + " " + id.getBaseUnit()
                    + ": " + id.getDescription();
        }

        @Test
        void hasTheSeriesThatDashboardsAskPrometheusFor() {
            PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            metrics.bindTo(prometheus);
            assertThat(prometheus.scrape().lines().filter(line -> line.startsWith("resilience4j_")))
                    .map(line -> line.substring(0, line.indexOf('}') + 1))
                    .containsExactlyInAnyOrder(
                            series("buffered_calls", "kind=\"failed\",name=\"partner\""),
                            series("buffered_calls", "kind=\"successful\",name=\"partner\""),
                            series("calls_seconds_count", "kind=\"failed\",name=\"partner\""),
                            series("calls_seconds_count", "kind=\"ignored\",name=\"partner\""),
                            series("calls_seconds_count", "kind=\"successful\",name=\"partner\""),
                            series("calls_seconds_max", "kind=\"failed\",name=\"partner\""),
                            series("calls_seconds_max", "kind=\"ignored\",name=\"partner\""),
                            series("calls_seconds_max", "kind=\"successful\",name=\"partner\""),
                            series("calls_seconds_sum", "kind=\"failed\",name=\"partner\""),
                            series("calls_seconds_sum", "kind=\"ignored\",name=\"partner\""),
                            series("calls_seconds_sum", "kind=\"successful\",name=\"partner\""),
                            series("failure_rate", "name=\"partner\""),
                            series("not_permitted_calls_total", "kind=\"not_permitted\",name=\"partner\""),
                            series("slow_call_rate", "name=\"partner\""),
                            series("slow_calls", "kind=\"failed\",name=\"partner\""),
                            series("slow_calls", "kind=\"successful\",name=\"partner\""),
                            series("state", "name=\"partner\",state=\"closed\""),
                            series("state", "name=\"partner\",state=\"disabled\""),
                            series("state", "name=\"partner\",state=\"forced_open\""),
                            series("state", "name=\"partner\",state=\"half_open\""),
                            series("state", "name=\"partner\",state=\"metrics_only\""),
                            series("state", "name=\"partner\",state=\"open\""));
        }

        private static String series(String name, String tags) {
            return "resilience4j_circuitbreaker_" + name + "{" + tags + "}";
        }

        @Test
        void isNotThereUnlessAskedFor() {
            metrics.close();
            new BreakerMetrics(registry).bindTo(meters);
            assertThat(meters.getMeters())
                    .isNotEmpty()
                    .noneMatch(meter -> meter.getId().getName().startsWith("resilience4j"));
        }

        @Test
        void goesWithTheCircuit() {
            metrics.bindTo(meters);
            registry.remove("partner");
            assertThat(meters.getMeters()).isEmpty();
            breaker.acquire().success(1);
            assertThat(meters.getMeters()).isEmpty();
        }
    }

    @Nested
    class Durations {

        @Test
        void recordEachCallInEveryMeterRegistry() {
            MeterRegistry other = new SimpleMeterRegistry();
            metrics.bindTo(meters);
            metrics.bindTo(other);
            succeed(1, Duration.ofMillis(300));
            succeed(1, Duration.ofMillis(500));
            fail(1, Duration.ofMillis(200));
            breaker.acquire()
                    .complete(
                            null,
                            new CancellationException(),
                            Duration.ofMillis(70).toNanos());
            for (MeterRegistry each : List.of(meters, other)) {
                assertThat(timer(each, "successful").count()).isEqualTo(2);
                assertThat(timer(each, "successful").totalTime(TimeUnit.MILLISECONDS))
                        .isEqualTo(800);
                assertThat(timer(each, "successful").max(TimeUnit.MILLISECONDS)).isEqualTo(500);
                assertThat(timer(each, "failed").count()).isEqualTo(1);
                assertThat(timer(each, "failed").totalTime(TimeUnit.MILLISECONDS))
                        .isEqualTo(200);
                assertThat(timer(each, "ignored").count()).isEqualTo(1);
                assertThat(timer(each, "ignored").totalTime(TimeUnit.MILLISECONDS))
                        .isEqualTo(70);
            }
        }

        private static Timer timer(MeterRegistry of, String kind) {
            return of.get(PREFIX + "calls").tag("kind", kind).timer();
        }

        @Test
        void recordTheCallsOfAllKeysTogether() {
            metrics.bindTo(meters);
            registry.keyed("partner").breaker("acme").acquire().success(1);
            registry.keyed("partner").breaker("initech").acquire().success(1);
            assertThat(timer(meters, "successful").count()).isEqualTo(2);
        }

        /* Creations are told on a thread of their own, which stands still here. */
        @Test
        void recordCallsThatComeBeforeTheCreationIsTold() throws Exception {
            CountDownLatch late = new CountDownLatch(1);
            try (BreakerRegistry real = BreakerRegistry.builder()
                    .timed(true)
                    .listener(new BreakerListener() {
                        @Override
                        public void onCreated(BreakerEvent.Created event) {
                            await(late);
                        }
                    })
                    .build()) {
                new BreakerMetrics(real, true).bindTo(meters);
                real.breaker("early").acquire().success(1);
                assertThat(timer(meters, "successful").count()).isEqualTo(1);
            } finally {
                late.countDown();
            }
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Nested
    class Rates {

        @Test
        void areMinusOneBelowTheMinimum() {
            metrics.bindTo(meters);
            fail(1, Duration.ofSeconds(2));
            succeed(2, Duration.ZERO);
            assertThat(gauge("failure.rate")).isEqualTo(-1);
            assertThat(gauge("slow.call.rate")).isEqualTo(-1);
            succeed(1, Duration.ZERO);
            assertThat(gauge("failure.rate")).isEqualTo(25);
            assertThat(gauge("slow.call.rate")).isEqualTo(25);
        }

        @Test
        void areThoseThatOpenedTheCircuitForAsLongAsItIsOpen() {
            metrics.bindTo(meters);
            succeed(1, Duration.ZERO);
            fail(3, Duration.ofSeconds(2));
            assertThat(gauge("state", "state", "open")).isOne();
            ticker.advance(Duration.ofSeconds(29));
            assertThat(gauge("failure.rate")).isEqualTo(75);
            assertThat(gauge("slow.call.rate")).isEqualTo(75);
            assertThat(gauge("buffered.calls", "kind", "failed")).isEqualTo(3);
            assertThat(gauge("buffered.calls", "kind", "successful")).isEqualTo(1);
        }

        @Test
        void areThoseOfTheProbesThatOpenedTheCircuitAgain() {
            metrics.bindTo(meters);
            fail(4, Duration.ZERO);
            ticker.advance(Duration.ofSeconds(30));
            succeed(1, Duration.ZERO);
            assertThat(gauge("failure.rate")).isEqualTo(-1);
            fail(1, Duration.ZERO);
            assertThat(gauge("state", "state", "open")).isOne();
            assertThat(gauge("failure.rate")).isEqualTo(50);
        }

        @Test
        void areMinusOneWhileAnOverrideKeepsCallsFromBeingCounted() {
            metrics.bindTo(meters);
            succeed(4, Duration.ZERO);
            assertThat(gauge("failure.rate")).isZero();
            breaker.forceOpen("drill", "ada", null);
            assertThat(gauge("failure.rate")).isEqualTo(-1);
            assertThat(gauge("buffered.calls", "kind", "successful")).isZero();
        }
    }

    @Nested
    class Windows {

        @Test
        void countCallsByOutcome() {
            metrics.bindTo(meters);
            succeed(3, Duration.ZERO);
            fail(1, Duration.ZERO);
            assertThat(gauge("buffered.calls", "kind", "successful")).isEqualTo(3);
            assertThat(gauge("buffered.calls", "kind", "failed")).isEqualTo(1);
        }

        @Test
        void takeSlowCallsForSuccessesAsLongAsThereAreAny() {
            metrics.bindTo(meters);
            succeed(1, Duration.ofSeconds(2));
            fail(2, Duration.ofSeconds(2));
            assertThat(gauge("slow.calls", "kind", "successful")).isEqualTo(1);
            assertThat(gauge("slow.calls", "kind", "failed")).isEqualTo(2);
        }

        @Test
        void countRejectionsSinceTheCircuitWasCreated() {
            metrics.bindTo(meters);
            breaker.forceOpen("drill", "ada", null);
            breaker.tryAcquire();
            assertThat(meters.get(PREFIX + "not.permitted.calls")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
        }
    }
}
