package dev.breaker.spring.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import dev.breaker.Breaker;
import dev.breaker.BreakerConfig;
import dev.breaker.BreakerRegistry;
import dev.breaker.InMemoryStore;
import dev.breaker.KeyedBreakers;
import dev.breaker.ManualTicker;
import dev.breaker.shared.SharedStore;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BreakerMetricsTest {

    private static final BreakerConfig TIMED = BreakerConfig.builder()
            .minimumNumberOfCalls(5)
            .slowCallDurationThreshold(Duration.ofSeconds(1))
            .build();

    private final ManualTicker ticker = new ManualTicker();
    private final InMemoryStore store = new InMemoryStore(ticker);
    private final BreakerRegistry registry = BreakerRegistry.builder()
            .ticker(ticker)
            .store(store)
            .configs(name -> name.equals("plain") ? BreakerConfig.defaults() : TIMED)
            .build();
    private final BreakerMetrics metrics = new BreakerMetrics(registry);
    private final MeterRegistry meters = new SimpleMeterRegistry();

    @AfterEach
    void close() {
        registry.close();
    }

    private static double value(MeterRegistry meters, String name, String... tags) {
        return meters.get(name)
                .tags(tags)
                .meter()
                .match(
                        gauge -> gauge.value(),
                        counter -> counter.count(),
                        timer -> Double.NaN,
                        summary -> Double.NaN,
                        longTask -> Double.NaN,
                        timeGauge -> timeGauge.value(TimeUnit.SECONDS),
                        functionCounter -> functionCounter.count(),
                        functionTimer -> functionTimer.totalTime(TimeUnit.SECONDS),
                        other -> Double.NaN);
    }

    private double value(String name, String... tags) {
        return value(meters, name, tags);
    }

    private static List<String> described(MeterRegistry meters) {
        return meters.getMeters().stream()
                .map(meter -> described(meter.getId()))
                .sorted()
                .toList();
    }

    private static String described(Meter.Id id) {
        String tags = id.getTags().stream()
                .map(tag -> tag.getKey() + "=" + tag.getValue())
                .collect(Collectors.joining(","));
        return id.getName() + "{" + tags + "} " + id.getType() + " " + id.getBaseUnit();
    }

    private static List<String> ofPartner() {
        return List.of(
                "breaker.call.duration{name=partner,outcome=failure} TIMER seconds",
                "breaker.call.duration{name=partner,outcome=success} TIMER seconds",
                "breaker.calls{name=partner,outcome=failure} COUNTER calls",
                "breaker.calls{name=partner,outcome=ignored} COUNTER calls",
                "breaker.calls{name=partner,outcome=rejected} COUNTER calls",
                "breaker.calls{name=partner,outcome=success} COUNTER calls",
                "breaker.failure.rate{name=partner} GAUGE percent",
                "breaker.fallback.calls{name=partner} COUNTER calls",
                "breaker.sharing.staleness{name=partner} GAUGE seconds",
                "breaker.slow.call.rate{name=partner} GAUGE percent",
                "breaker.slow.calls{name=partner} COUNTER calls",
                "breaker.state{name=partner,state=closed} GAUGE null",
                "breaker.state{name=partner,state=disabled} GAUGE null",
                "breaker.state{name=partner,state=forced_open} GAUGE null",
                "breaker.state{name=partner,state=half_open} GAUGE null",
                "breaker.state{name=partner,state=metrics_only} GAUGE null",
                "breaker.state{name=partner,state=open} GAUGE null");
    }

    private static List<String> common() {
        return List.of(
                "breaker.sharing.degraded{} GAUGE null",
                "breaker.sharing.failures{} COUNTER failures",
                "breaker.sharing.sync{} TIMER seconds");
    }

    private static List<String> all() {
        return Stream.concat(ofPartner().stream(), common().stream()).sorted().toList();
    }

    @Nested
    class Inventory {

        @Test
        void isThatOfTheDocumentation() {
            registry.breaker("partner");
            metrics.bindTo(meters);
            assertThat(described(meters)).containsExactlyElementsOf(all());
        }

        @Test
        void describesEveryMeter() {
            registry.breaker("partner");
            metrics.bindTo(meters);
            assertThat(meters.getMeters())
                    .allSatisfy(
                            meter -> assertThat(meter.getId().getDescription()).isNotBlank());
        }

        @Test
        void hasNoDurationsWhereNoCallIsTimed() {
            metrics.bindTo(meters);
            registry.breaker("plain");
            assertThat(meters.find("breaker.call.duration").meters()).isEmpty();
        }

        @Test
        void hasDurationsForAsLongAsTheSettingsHaveCallsTimed() {
            AtomicReference<BreakerConfig> settings = new AtomicReference<>(BreakerConfig.defaults());
            BreakerRegistry changing = BreakerRegistry.builder()
                    .ticker(ticker)
                    .configs(name -> settings.get())
                    .build();
            Breaker changed = changing.breaker("partner");
            new BreakerMetrics(changing).bindTo(meters);
            Meter calls = meters.get("breaker.calls").tag("outcome", "success").meter();

            settings.set(TIMED);
            changing.reconfigure();
            changed.acquire().success(Duration.ofSeconds(2).toNanos());
            assertThat(value("breaker.call.duration", "outcome", "success")).isEqualTo(2);

            settings.set(BreakerConfig.defaults());
            changing.reconfigure();
            assertThat(meters.find("breaker.call.duration").meters()).isEmpty();
            assertThat(meters.getMeters()).contains(calls);
        }

        @Test
        void saysNothingOfSharingWithoutAStore() {
            BreakerRegistry alone = BreakerRegistry.builder().ticker(ticker).build();
            alone.breaker("partner");
            new BreakerMetrics(alone).bindTo(meters);
            assertThat(meters.getMeters())
                    .isNotEmpty()
                    .noneMatch(meter -> meter.getId().getName().contains("sharing"));
        }

        @Test
        void hasTheNamesThatPrometheusExpects() {
            PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            metrics.bindTo(prometheus);
            registry.breaker("partner");
            assertThat(families(prometheus.scrape()))
                    .containsExactlyInAnyOrder(
                            "breaker_call_duration_seconds summary",
                            "breaker_calls_total counter",
                            "breaker_failure_rate_percent gauge",
                            "breaker_fallback_calls_total counter",
                            "breaker_sharing_degraded gauge",
                            "breaker_sharing_failures_total counter",
                            "breaker_sharing_staleness_seconds gauge",
                            "breaker_sharing_sync_seconds summary",
                            "breaker_slow_call_rate_percent gauge",
                            "breaker_slow_calls_total counter",
                            "breaker_state gauge");
        }

        private static List<String> families(String scrape) {
            return scrape.lines()
                    .filter(line -> line.startsWith("# TYPE "))
                    .map(line -> line.substring("# TYPE ".length()))
                    .toList();
        }
    }

    @Nested
    class Values {

        private final Breaker breaker = registry.breaker("partner");

        @Test
        void countCallsByOutcome() {
            metrics.bindTo(meters);
            IntStream.range(0, 4).forEach(i -> breaker.acquire().success(1));
            IntStream.range(0, 3).forEach(i -> breaker.acquire().failure(new IOException("down"), 1));
            breaker.acquire().ignore();
            breaker.forceOpen("drill", "ada", null);
            breaker.tryAcquire();
            breaker.tryAcquire();
            breaker.countFallback();
            assertThat(value("breaker.calls", "outcome", "success")).isEqualTo(4);
            assertThat(value("breaker.calls", "outcome", "failure")).isEqualTo(3);
            assertThat(value("breaker.calls", "outcome", "ignored")).isEqualTo(1);
            assertThat(value("breaker.calls", "outcome", "rejected")).isEqualTo(2);
            assertThat(value("breaker.fallback.calls")).isEqualTo(1);
        }

        @Test
        void areThoseOfCallsMadeBeforeTheBindingToo() {
            breaker.acquire().success(1);
            metrics.bindTo(meters);
            assertThat(value("breaker.calls", "outcome", "success")).isEqualTo(1);
        }

        @Test
        void tellDurationsAndSlowCalls() {
            metrics.bindTo(meters);
            breaker.acquire().success(Duration.ofSeconds(2).toNanos());
            breaker.acquire().success(Duration.ofMillis(500).toNanos());
            breaker.acquire()
                    .failure(new IOException("down"), Duration.ofSeconds(3).toNanos());
            assertThat(value("breaker.slow.calls")).isEqualTo(2);
            assertThat(value("breaker.call.duration", "outcome", "success")).isEqualTo(2.5);
            assertThat(value("breaker.call.duration", "outcome", "failure")).isEqualTo(3);
            assertThat(meters.get("breaker.call.duration")
                            .tag("outcome", "success")
                            .functionTimer()
                            .count())
                    .isEqualTo(2);
        }

        @Test
        void tellTheRatesOfTheWindowInPercent() {
            metrics.bindTo(meters);
            IntStream.range(0, 3).forEach(i -> breaker.acquire().success(1));
            breaker.acquire()
                    .failure(new IOException("down"), Duration.ofSeconds(2).toNanos());
            assertThat(value("breaker.failure.rate")).isEqualTo(25);
            assertThat(value("breaker.slow.call.rate")).isEqualTo(25);
        }

        @Test
        void tellTheRatesThatOpenedTheCircuitForAsLongAsItIsOpen() {
            metrics.bindTo(meters);
            breaker.acquire().success(Duration.ofSeconds(2).toNanos());
            IntStream.range(0, 4).forEach(i -> breaker.acquire().failure(new IOException("down"), 1));
            ticker.advance(Duration.ofSeconds(20));
            assertThat(states()).containsExactly("open");
            assertThat(value("breaker.failure.rate")).isEqualTo(80);
            assertThat(value("breaker.slow.call.rate")).isEqualTo(20);
        }

        @Test
        void tellTheStateWithOneAndZeros() {
            metrics.bindTo(meters);
            assertThat(states()).containsExactly("closed");
            IntStream.range(0, 5).forEach(i -> breaker.acquire().failure(new IOException("down"), 1));
            assertThat(states()).containsExactly("open");
            breaker.forceOpen("drill", "ada", null);
            assertThat(states()).containsExactly("forced_open");
            breaker.metricsOnly("drill", "ada", null);
            assertThat(states()).containsExactly("metrics_only");
            breaker.disable("drill", "ada", null);
            assertThat(states()).containsExactly("disabled");
            breaker.release("over", "ada");
            ticker.advance(Duration.ofSeconds(40));
            breaker.acquire();
            assertThat(states()).containsExactly("half_open");
        }

        private List<String> states() {
            return meters.find("breaker.state").gauges().stream()
                    .filter(gauge -> gauge.value() == 1)
                    .map(gauge -> gauge.getId().getTag("state"))
                    .toList();
        }

        @Test
        void tellTheAgeOfTheClustersNumbers() {
            metrics.bindTo(meters);
            ticker.advance(Duration.ofSeconds(10));
            assertThat(value("breaker.sharing.staleness")).isBetween(0.0, 1.2);
            assertThat(value("breaker.sharing.degraded")).isZero();
            assertThat(value("breaker.sharing.failures")).isZero();
            assertThat(meters.get("breaker.sharing.sync").functionTimer().count())
                    .isEqualTo((double) registry.exchanges().answered())
                    .isPositive();
        }
    }

    @Nested
    class Outage {

        private final BreakerRegistry cutOff = BreakerRegistry.builder()
                .ticker(ticker)
                .store(away())
                .configs(name -> TIMED)
                .build();

        private static SharedStore away() {
            return (SharedStore) Proxy.newProxyInstance(
                    SharedStore.class.getClassLoader(),
                    new Class<?>[] {SharedStore.class},
                    (store, method, arguments) -> {
                        if (method.getReturnType() == CompletionStage.class) {
                            return CompletableFuture.failedFuture(new IOException("away"));
                        }
                        return method.getReturnType() == String.class ? "a store that is away" : null;
                    });
        }

        @Test
        void isCountedAndShown() {
            new BreakerMetrics(cutOff).bindTo(meters);
            cutOff.breaker("partner");
            assertThat(value("breaker.sharing.staleness")).isNaN();
            ticker.advance(Duration.ofSeconds(5));
            assertThat(value("breaker.sharing.degraded")).isEqualTo(1);
            assertThat(value("breaker.sharing.failures"))
                    .isEqualTo((double) cutOff.exchanges().failed())
                    .isPositive();
            assertThat(value("breaker.sharing.staleness")).isNaN();
            cutOff.close();
        }
    }

    @Nested
    class Population {

        @Test
        void isFollowedAsCircuitsComeAndGo() {
            metrics.bindTo(meters);
            assertThat(described(meters)).containsExactlyElementsOf(common());
            registry.breaker("partner");
            assertThat(described(meters)).containsExactlyElementsOf(all());
            registry.remove("partner");
            assertThat(described(meters)).containsExactlyElementsOf(common());
        }

        @Test
        void isFollowedInEveryMeterRegistry() {
            MeterRegistry other = new SimpleMeterRegistry();
            metrics.bindTo(meters);
            registry.breaker("partner");
            metrics.bindTo(other);
            assertThat(described(meters)).isEqualTo(described(other)).containsExactlyElementsOf(all());
            registry.breaker("partner").acquire().success(1);
            assertThat(value(meters, "breaker.calls", "outcome", "success")).isEqualTo(1);
            assertThat(value(other, "breaker.calls", "outcome", "success")).isEqualTo(1);
            registry.remove("partner");
            assertThat(described(meters)).isEqualTo(described(other)).containsExactlyElementsOf(common());
        }

        @Test
        void isFollowedInTheRegistriesOfAComposite() {
            CompositeMeterRegistry composite = new CompositeMeterRegistry();
            MeterRegistry other = new SimpleMeterRegistry();
            composite.add(meters).add(other);
            metrics.bindTo(composite);
            registry.breaker("partner");
            assertThat(described(other)).containsExactlyElementsOf(all());
            registry.remove("partner");
            assertThat(described(meters)).isEqualTo(described(other)).containsExactlyElementsOf(common());
        }

        @Test
        void isThatOfTheNewCircuitWhereOneTakesTheNameOfARemovedOne() {
            metrics.bindTo(meters);
            registry.breaker("partner").acquire().success(1);
            registry.remove("partner");
            registry.breaker("partner");
            assertThat(value("breaker.calls", "outcome", "success")).isZero();
            registry.breaker("partner").acquire().success(1);
            assertThat(value("breaker.calls", "outcome", "success")).isEqualTo(1);
        }

        @Test
        void isRegisteredOnceHoweverOftenItIsBound() {
            registry.breaker("partner");
            metrics.bindTo(meters);
            metrics.bindTo(meters);
            assertThat(described(meters)).containsExactlyElementsOf(all());
        }

        @Test
        void isForgottenWithTheMetrics() {
            metrics.bindTo(meters);
            registry.breaker("partner");
            metrics.close();
            assertThat(meters.getMeters()).isEmpty();
            registry.breaker("another");
            assertThat(meters.getMeters()).isEmpty();
        }

        @Test
        void isWithoutACircuitThatIsRemovedWhileOthersAreRegistered() {
            registry.breaker("one");
            registry.breaker("two");
            meters.config().onMeterAdded(meter -> {
                String name = meter.getId().getTag("name");
                if (name != null) {
                    registry.remove(name.equals("one") ? "two" : "one");
                }
            });
            metrics.bindTo(meters);
            String left = registry.breakers().iterator().next().name();
            assertThat(meters.find("breaker.failure.rate").gauges())
                    .extracting(gauge -> gauge.getId().getTag("name"))
                    .containsExactly(left);
        }

        /* Circuits come and go on two threads, and events of it on a third, while registries are bound on this one. */
        @Test
        void isCompleteWhateverHappensWhileARegistryIsBound() {
            ExecutorService threads = Executors.newFixedThreadPool(2);
            try (BreakerRegistry real = BreakerRegistry.builder().build();
                    BreakerMetrics racing = new BreakerMetrics(real)) {
                List<CompletableFuture<Void>> workers = IntStream.range(0, 2)
                        .mapToObj(worker -> CompletableFuture.runAsync(() -> churn(real, worker), threads))
                        .toList();
                List<MeterRegistry> bound = Stream.<MeterRegistry>generate(SimpleMeterRegistry::new)
                        .limit(40)
                        .peek(racing::bindTo)
                        .toList();
                workers.forEach(CompletableFuture::join);
                List<String> names =
                        real.breakers().stream().map(Breaker::name).sorted().toList();
                assertThat(names).hasSize(100);
                await().untilAsserted(() -> assertThat(bound)
                        .allSatisfy(each -> assertThat(each.find("breaker.failure.rate").gauges().stream()
                                        .map(gauge -> gauge.getId().getTag("name"))
                                        .sorted())
                                .isEqualTo(names)));
            } finally {
                threads.shutdownNow();
            }
        }

        /* Leaves every other circuit. */
        private static void churn(BreakerRegistry real, int worker) {
            IntStream.range(0, 100).forEach(i -> {
                real.breaker("circuit-" + worker + "-" + i);
                if (i % 2 == 0) {
                    real.remove("circuit-" + worker + "-" + i);
                }
            });
        }
    }

    @Nested
    class Keys {

        private final KeyedBreakers partners = registry.keyed("partner");

        private List<String> ofKeys() {
            return Stream.concat(all().stream(), Stream.of("breaker.keys{name=partner} GAUGE keys"))
                    .sorted()
                    .toList();
        }

        @Test
        void doNotBecomeTags() {
            metrics.bindTo(meters);
            IntStream.range(0, 50).forEach(i -> partners.breaker("tenant-" + i));
            assertThat(described(meters)).containsExactlyElementsOf(ofKeys());
            MeterRegistry later = new SimpleMeterRegistry();
            metrics.bindTo(later);
            assertThat(described(later)).containsExactlyElementsOf(ofKeys());
            assertThat(value("breaker.keys")).isEqualTo(50);
        }

        @Test
        void areCountedTogetherEvenThoseThatWereRemoved() {
            metrics.bindTo(meters);
            partners.breaker("acme").acquire().success(1);
            partners.breaker("initech").acquire().success(1);
            partners.breaker(null).acquire().success(1);
            assertThat(value("breaker.calls", "outcome", "success")).isEqualTo(3);
            registry.remove("partner[acme]");
            assertThat(value("breaker.keys")).isEqualTo(1);
            assertThat(value("breaker.calls", "outcome", "success")).isEqualTo(3);
        }

        @Test
        void areCountedByState() {
            metrics.bindTo(meters);
            partners.breaker("acme").forceOpen("drill", "ada", null);
            partners.breaker("initech");
            assertThat(value("breaker.state", "state", "forced_open")).isEqualTo(1);
            assertThat(value("breaker.state", "state", "closed")).isEqualTo(2);
        }

        @Test
        void haveOneRateTogether() {
            metrics.bindTo(meters);
            partners.breaker("acme").acquire().failure(new IOException("down"), 1);
            IntStream.range(0, 3)
                    .forEach(i -> partners.breaker("initech").acquire().success(1));
            assertThat(value("breaker.failure.rate")).isEqualTo(25);
        }

        @Test
        void takeOverTheMetersOfACircuitThatWasThereBefore() {
            metrics.bindTo(meters);
            registry.breaker("single").acquire().success(1);
            assertThat(meters.find("breaker.keys").gauge()).isNull();
            registry.keyed("single").breaker("acme").acquire().success(1);
            assertThat(value("breaker.keys")).isEqualTo(1);
            assertThat(value("breaker.calls", "outcome", "success")).isEqualTo(2);
        }
    }

    @Nested
    class Garbage {

        private static final int CALLS = 100_000;

        @Test
        void isNotLeftByCalls() {
            metrics.bindTo(meters);
            Breaker breaker = registry.breaker("partner");
            call(breaker);
            long before = allocated();
            call(breaker);
            assertThat((allocated() - before) / CALLS).isZero();
            assertThat(value("breaker.calls", "outcome", "success")).isEqualTo(2 * CALLS);
        }

        private static void call(Breaker breaker) {
            for (int i = 0; i < CALLS; i++) {
                breaker.acquire().success(1);
            }
        }

        private static long allocated() {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        }
    }
}
