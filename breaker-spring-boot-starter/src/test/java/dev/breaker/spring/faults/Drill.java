package dev.breaker.spring.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.BreakerState;
import dev.breaker.spring.redis.RealRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A service of two instances, one with Lettuce and one with Jedis, to whose Redis something is done while calls go on. They
 * share four circuits: {@code closed}, which is called and stays so; {@code open}, which is called and stays so; {@code half},
 * half-open with all its probes under way; and {@code trip}, which one instance opens while the fault lasts.
 */
final class Drill implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int CALLS = 100;
    private static final String PROBE_LEASES = "dev.breaker.ProbeLeases";
    /* Places in a window's totals, "epoch:calls:failures:slow:head". */
    private static final int MADE = 1;
    private static final int FAILED = 2;

    private final Function<String, RealRedis> server;
    private final Traffic traffic = new Traffic();
    private final List<Instance> instances = new ArrayList<>();
    private final Map<String, String> facts = new LinkedHashMap<>();
    private long began;

    private Drill(Function<String, RealRedis> server, String... properties) {
        this.server = server;
        for (String client : List.of("lettuce", "jedis")) {
            Instance instance = Instance.start(client, properties);
            List.of("closed", "open", "half", "trip").forEach(instance::breaker);
            instances.add(instance);
        }
    }

    /**
     * Starts the instances and moves the circuits; then calls begin, and the fault can.
     *
     * @param server which one keeps a circuit in the end
     * @param properties where to find it
     */
    static Drill on(Function<String, RealRedis> server, String... properties) {
        Drill drill = new Drill(server, properties);
        drill.moveCircuits();
        drill.call();
        await("all probes of the stay").atMost(LIMIT).until(() -> drill.probesMade() == Instance.PROBES);
        drill.begin();
        return drill;
    }

    /**
     * Behind something that stands at a port. A command may take so long that a busy machine makes no outage of it.
     *
     * @param properties that replace others
     */
    static Drill on(RealRedis redis, int port, String... properties) {
        return on(circuit -> redis, at(port, properties));
    }

    static Drill on(RealRedis redis) {
        return on(redis, redis.port());
    }

    private static String[] at(int port, String... properties) {
        List<String> all =
                new ArrayList<>(List.of("spring.data.redis.port=" + port, "breaker.shared.command-timeout=2s"));
        all.addAll(List.of(properties));
        return all.toArray(String[]::new);
    }

    /** The instances start while the fault lasts: each opens {@code open} for itself, and {@code half} is not used. */
    static Drill startedWithout(RealRedis redis, int port, String... properties) {
        Drill drill = new Drill(circuit -> redis, at(port, properties));
        drill.instances.forEach(instance -> instance.open("open"));
        drill.call();
        drill.begin();
        return drill;
    }

    private void moveCircuits() {
        instances.get(0).open("open").open("half");
        awaitAll("open", BreakerState.OPEN);
        await("the first probe").atMost(LIMIT).until(() -> {
            instances.get(0).probe();
            return probesMade() == 1;
        });
        awaitAll("half", BreakerState.HALF_OPEN);
    }

    private void call() {
        for (Instance instance : instances) {
            Instance.Offers offers = instance.offers();
            traffic.calling("closed", "", offers::closed, "hot", "cold")
                    .calling("closed", "", offers::closed, "hot", "cold")
                    .calling("open", "", offers::open, "rejected");
            if (instance.state("half") != BreakerState.CLOSED) {
                traffic.calling("half", PROBE_LEASES, instance::probe, "asked");
            }
        }
    }

    private void begin() {
        traffic.awaitEach(CALLS);
        traffic.mark();
        began = System.nanoTime();
    }

    /** Both instances notice an outage, and decide alone. */
    Drill cutOff() {
        await("both cut off").atMost(LIMIT).until(() -> all(instance -> !instance.isSharing()));
        facts.put("noticed after", since());
        return decides();
    }

    /** What instances decide while the fault lasts, whether they notice it or not: an opening needs nobody's answer. */
    Drill decides() {
        traffic.awaitEach(CALLS);
        assertThat(instances.get(1).open("trip").state("trip")).isEqualTo(BreakerState.OPEN);
        assertThat(instances).allSatisfy(instance -> {
            assertThat(instance.state("closed")).isEqualTo(BreakerState.CLOSED);
            assertThat(instance.state("open")).isEqualTo(BreakerState.OPEN);
        });
        began = System.nanoTime();
        return this;
    }

    /** Both instances share again, and what one has decided meanwhile holds for all. */
    Drill agrees() {
        await("both share").atMost(LIMIT).until(() -> all(Instance::isSharing));
        facts.put("shared again after", since());
        awaitAll("trip", BreakerState.OPEN);
        facts.put("new opening known to all after", since());
        awaitAll("open", BreakerState.OPEN);
        assertThat(instances).allMatch(instance -> instance.state("closed") == BreakerState.CLOSED);
        awaitStored("trip", "OPEN");
        awaitStored("open", "OPEN");
        return this;
    }

    /** There were no more probes than so many; they succeed, and the instances close. */
    Drill probesAtMost(int probes) {
        assertThat(probesMade()).as("probes").isLessThanOrEqualTo(probes);
        facts.put("probes", probesMade() + " of at most " + probes);
        await("half closed").atMost(LIMIT).until(() -> {
            instances.forEach(Instance::succeed);
            instances.forEach(Instance::succeed);
            return all(instance -> instance.state("half") == BreakerState.CLOSED);
        });
        return this;
    }

    /** After the fault: {@link #agrees}, {@link #probesAtMost}, and the circuit closes for all. */
    Drill recovers(int probes) {
        agrees().probesAtMost(probes).awaitStored("half", "CLOSED");
        return this;
    }

    /** Each call was counted once, and each failure as one. */
    Drill countsEachCall() {
        traffic.stop();
        long made = traffic.made("closed");
        long failures = instances.stream()
                .mapToLong(instance -> instance.partner().failures.get())
                .sum();
        await("every call counted").atMost(LIMIT).untilAsserted(() -> {
            assertThat(counted(MADE)).isEqualTo(made);
            assertThat(counted(FAILED)).isEqualTo(failures);
        });
        facts.put("counted", made + " of " + made);
        return this;
    }

    /** No call was counted twice, though counts were lost, and those made from now on are counted. */
    Drill countsNoCallTwice() {
        traffic.stop();
        long made = traffic.made("closed");
        await("nothing left to send")
                .atMost(LIMIT)
                .until(() -> all(instance ->
                        instance.breaker("closed").snapshot().counts().calls() == counted(MADE)));
        long before = counted(MADE);
        assertThat(before).isLessThanOrEqualTo(made);
        instances.forEach(instance -> instance.offers().closed());
        await("two more counted")
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(counted(MADE)).isEqualTo(before + 2));
        facts.put("counted", before + " of " + made);
        return this;
    }

    /** So many times has each instance said that the store was away, and that it is back. */
    Drill tellsOutages(int begun, int ended) {
        await("the end of the outage told")
                .atMost(LIMIT)
                .until(() -> all(instance -> instance.outages().ended.get() == ended));
        assertThat(instances)
                .extracting(instance -> instance.outages().begun.get())
                .containsOnly(begun);
        return this;
    }

    /** Whether somebody noticed an outage depends on the moment; whoever has, has said so and that it is over. */
    Drill tellsTheEndOfEachOutage() {
        await("the end of each outage told")
                .atMost(LIMIT)
                .until(() -> all(instance -> instance.outages().begun.get()
                        == instance.outages().ended.get()));
        return this;
    }

    /** Ends the calls, none of which was harmed, and adds to the row what was measured. */
    void note(Observed observed) {
        traffic.stop();
        traffic.note(observed, "closed", "open");
        facts.forEach(observed::note);
    }

    Traffic traffic() {
        return traffic;
    }

    Instance instance(int number) {
        return instances.get(number);
    }

    private int probesMade() {
        return instances.stream().mapToInt(Instance::probesMade).sum();
    }

    private boolean all(Predicate<Instance> condition) {
        return instances.stream().allMatch(condition);
    }

    private void awaitAll(String name, BreakerState state) {
        await(name + " " + state)
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(instances)
                        .extracting(instance -> instance.state(name))
                        .containsOnly(state));
    }

    private void awaitStored(String name, String kind) {
        await(name + " stored as " + kind)
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(stored(name, "state", "kind")).isEqualTo(kind));
    }

    private long counted(int part) {
        String totals = stored("closed", "window:10x60000ms", "t");
        return totals == null ? 0 : Long.parseLong(totals.split(":", -1)[part]);
    }

    private String stored(String circuit, String what, String field) {
        return (String) server.apply(circuit).command("HGET", "breaker:offers:{" + circuit + "}:" + what, field);
    }

    private String since() {
        return Duration.ofNanos(System.nanoTime() - began).toMillis() + " ms";
    }

    @Override
    public void close() {
        traffic.close();
        instances.forEach(Instance::close);
    }
}
