package dev.breaker.sample.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.sample.Sample;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two offer services, a partner and a real Redis, each a process of its own; some of them are killed. */
class SharedCircuitIT {

    private static final Duration WAIT = Duration.ofSeconds(4);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The promise is a second; the rest is for a busy machine. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private static final int REDIS_PORT = Ports.free();
    private static final int PARTNER_PORT = Ports.free();

    private static final Part REDIS = new Part("redis", REDIS_PORT, new Redis(REDIS_PORT), System.out::println);
    private static final Part PARTNER = new Part(
            "partner",
            PARTNER_PORT,
            new Role(
                    Sample.class, List.of("partner", "--spring.profiles.active=demo", "--server.port=" + PARTNER_PORT)),
            System.out::println);
    private static final Http PARTNER_HTTP = new Http(PARTNER_PORT);
    private static final OffersProcess FIRST = new OffersProcess(PARTNER_PORT, REDIS_PORT, WAIT);
    private static final OffersProcess SECOND = new OffersProcess(PARTNER_PORT, REDIS_PORT, WAIT);
    private static final List<OffersProcess> BOTH = List.of(FIRST, SECOND);

    @BeforeAll
    static void start() {
        Stream.of(REDIS, PARTNER, FIRST.part, SECOND.part).forEach(Part::launch);
    }

    @AfterAll
    static void stop() {
        Stream.of(FIRST.part, SECOND.part, PARTNER, REDIS)
                .map(Part::stop)
                .toList()
                .forEach(ended -> ended.join());
    }

    @BeforeEach
    void everythingIsWell() throws InterruptedException {
        for (Part part : List.of(REDIS, PARTNER, FIRST.part, SECOND.part)) {
            part.launch();
            part.awaitListening();
        }
        failRate(0);
        awaitSharing("ACTIVE");
        BOTH.forEach(OffersProcess::reset);
        awaitHot();
    }

    @Test
    void servesColdFromBothWhenThePartnerIsKilledAndHotWhenItIsBack() throws InterruptedException {
        PARTNER.kill();
        failThreeTimes(FIRST);
        assertThat(FIRST.circuit().isOpen()).isTrue();
        awaitOpen(SECOND);

        assertThat(BOTH).extracting(OffersProcess::temperature).containsOnly("COLD");
        assertThat(BOTH).extracting(service -> service.circuit().scope()).containsOnly("CLUSTER");

        PARTNER.launch();
        PARTNER.awaitListening();
        awaitHot();
    }

    @Test
    void opensOnBothWhicheverOneSeesTheFailures() {
        failRate(100);
        failThreeTimes(SECOND);

        awaitOpen(FIRST);
    }

    @Test
    void leavesThePartnerAloneWhileOpenButForOneProbe() {
        failRate(100);
        failThreeTimes(FIRST);
        awaitOpen(SECOND);
        long requests = requests();

        for (int call = 0; call < 10; call++) {
            assertThat(BOTH).extracting(OffersProcess::temperature).containsOnly("COLD");
        }
        assertThat(requests()).isEqualTo(requests);
        assertThat(BOTH).allMatch(service -> service.circuit().timeLeftOpen().compareTo(Duration.ZERO) > 0);

        await("the probe").atMost(PATIENCE).until(() -> {
            BOTH.forEach(OffersProcess::temperature);
            return requests() > requests;
        });
        BOTH.forEach(SharedCircuitIT::awaitOpen);
        assertThat(BOTH).extracting(OffersProcess::temperature).containsOnly("COLD");
        assertThat(requests()).isEqualTo(requests + 1);
    }

    @Test
    void answersAtTheSameSpeedWithoutRedisOpensLocallyAndSharesAgainWhenItIsBack() throws InterruptedException {
        long healthy = medianMillis();
        REDIS.kill();
        long alone = medianMillis();
        System.out.printf("An offer takes %d ms with Redis, %d ms just after Redis was killed.%n", healthy, alone);
        // Half the time-out of a command: a call that waited for Redis would take all of it.
        assertThat(alone).isLessThan(healthy + 125);
        awaitSharing("DEGRADED");

        failRate(100);
        failThreeTimes(FIRST);
        assertThat(FIRST.circuit().isOpen()).isTrue();
        assertThat(FIRST.circuit().scope()).isEqualTo("INSTANCE");
        failThreeTimes(SECOND);
        assertThat(SECOND.circuit().isOpen()).isTrue();
        failRate(0);
        awaitHot();

        REDIS.launch();
        REDIS.awaitListening();
        awaitSharing("ACTIVE");
        failRate(100);
        failThreeTimes(SECOND);
        awaitOpen(FIRST);
        assertThat(FIRST.circuit().scope()).isEqualTo("CLUSTER");
    }

    private static void failRate(int percent) {
        PARTNER_HTTP.post("/partner/faults", "{\"failRate\":" + percent + ",\"delayMs\":0}");
    }

    private static long requests() {
        return PARTNER_HTTP.get("/partner/status").read("$.requests", Long.class);
    }

    private static void failThreeTimes(OffersProcess service) {
        for (int call = 0; call < 3; call++) {
            assertThat(service.temperature()).isEqualTo("COLD");
        }
    }

    private static void awaitOpen(OffersProcess service) {
        long start = System.nanoTime();
        await("open")
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> service.circuit().isOpen());
        System.out.printf(
                "%s reports OPEN %d ms after the last failure.%n",
                service.part.name(), (System.nanoTime() - start) / 1_000_000);
    }

    private static void awaitHot() {
        await("hot")
                .atMost(PATIENCE)
                .until(() -> BOTH.stream()
                        .allMatch(service -> service.temperature().equals("HOT")
                                && service.circuit().state().equals("CLOSED")));
    }

    private static void awaitSharing(String condition) {
        await("sharing")
                .atMost(PATIENCE)
                .until(() -> BOTH.stream()
                        .allMatch(service -> service.circuit().sharing().equals(condition)));
    }

    private static long medianMillis() {
        return LongStream.generate(SharedCircuitIT::millis)
                .limit(41)
                .sorted()
                .skip(20)
                .findFirst()
                .orElseThrow();
    }

    private static long millis() {
        long start = System.nanoTime();
        BOTH.forEach(OffersProcess::temperature);
        return (System.nanoTime() - start) / 1_000_000 / BOTH.size();
    }
}
