package dev.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.Cluster.Node;
import dev.breaker.FaultyStore.Fault;
import dev.breaker.shared.SharedOverride;
import dev.breaker.shared.SharedOverride.Mode;
import dev.breaker.shared.SharedState;
import dev.breaker.shared.SharedState.Kind;
import dev.breaker.shared.SharedStoreListener;
import dev.breaker.shared.SyncReply;
import dev.breaker.shared.WindowSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A random life of two to five instances, done to them and to the {@link ClusterModel} alike and compared after every step. */
final class ModelledLife {

    /* What an instance needs to have heard, or told, everything: a few exchanges, and with them the back-off. */
    private static final long CALM = Duration.ofSeconds(4).toNanos();
    /* An exchange that is never answered is given up after ten seconds at most. */
    private static final long HUNG = Duration.ofSeconds(11).toNanos();
    private static final WindowSpec SHAPE = new WindowSpec(WindowSpec.Kind.TIME, 10, ClusterModel.WINDOW.dividedBy(10));

    /** One instance with a line of its own to the store. */
    private final class Instance {
        final FaultyStore line = new FaultyStore(memory);
        final Node node;
        long troubledUntil;
        int told;

        Instance() {
            node = new Node("node-" + born++, ticker, line, config);
            troubledUntil = ticker.read();
        }

        BreakerSnapshot seen() {
            return node.breaker.snapshot();
        }

        boolean isCutOff() {
            return line.fault != Fault.NONE || line.deaf;
        }

        /* Has had no trouble for so long that it knows what the store knows. */
        boolean isCalm() {
            return !isCutOff() && ticker.read() - troubledUntil >= CALM;
        }

        boolean isAlone() {
            BreakerSnapshot seen = seen();
            return seen.stateScope() == BreakerScope.INSTANCE || seen.sharing() != BreakerSnapshot.Sharing.ACTIVE;
        }

        @Override
        public String toString() {
            return node.registry.instance();
        }
    }

    /** A call under way, and the stay that admitted it. */
    private record Call(
            Permit permit,
            Instance by,
            long epoch,
            int told,
            BreakerState state,
            boolean ofCluster,
            boolean overridden) {}

    /** An operator's decision as all instances must know it. */
    private record Decision(Mode mode, long until) {}

    private final Random random;
    private final ManualTicker ticker = new ManualTicker();
    private final InMemoryStore memory = new InMemoryStore(ticker);
    private final ClusterModel model = new ClusterModel(() -> !isCalm());
    private final BreakerConfig config = BreakerConfig.builder()
            .slidingWindowSize((int) ClusterModel.WINDOW.toSeconds())
            .minimumNumberOfCalls(100_000)
            .failureCountThreshold(ClusterModel.FAILURES_THAT_OPEN)
            .permittedNumberOfCallsInHalfOpenState(ClusterModel.PROBES)
            .probeLease(ClusterModel.LEASE)
            .waitDurationInOpenState(ClusterModel.WAIT)
            .halfOpenAcquireTimeout(Duration.ZERO)
            .build();
    private final List<Instance> living = new ArrayList<>();
    private final List<Instance> all = new ArrayList<>();
    private final List<Call> running = new ArrayList<>();
    private final List<String> steps = new ArrayList<>();
    private final List<Kind> entered = new ArrayList<>();
    private int born;
    /* What the operators decided last and until when; null if faults leave that open. */
    private @Nullable Decision decided = new Decision(Mode.NONE, Long.MAX_VALUE);

    ModelledLife(long seed) {
        random = new Random(seed);
        ticker.advance(Duration.ofSeconds(1000));
        memory.subscribe(new SharedStoreListener() {
            @Override
            public void stateChanged(String breaker, SharedState state) {
                Kind before = model.kind();
                model.observes(state, ticker.read());
                if (model.kind() != before) {
                    entered.add(model.kind());
                }
            }

            @Override
            public void overrideChanged(String breaker, SharedOverride override) {}

            @Override
            public void subscribed() {}
        });
        for (int i = 2 + random.nextInt(4); i > 0; i--) {
            join();
        }
    }

    /** Lives that many steps. */
    void live(int count) {
        for (int i = 0; i < count; i++) {
            entered.clear();
            all.forEach(instance -> instance.told = instance.node.transitions.size());
            boolean quiet = isQuiet();
            boolean operated = step();
            check();
            if (quiet && !operated && isQuiet()) {
                checkAnnouncements();
            }
        }
    }

    /** What was done, one line for each step. */
    List<String> steps() {
        return steps;
    }

    private Instance any() {
        return living.get(random.nextInt(living.size()));
    }

    private boolean isCalm() {
        return living.stream().allMatch(Instance::isCalm);
    }

    /* All is well, and no operator or isolated instance sees something else than the cluster's state. */
    private boolean isQuiet() {
        return isCalm()
                && model.kinds().size() == 1
                && living.stream()
                        .noneMatch(instance -> instance.isAlone()
                                || instance.seen().state() != instance.seen().automaticState());
    }

    private void did(String what) {
        steps.add(steps.size() + ": " + what);
    }

    // ---- steps

    private boolean step() {
        Instance instance = any();
        switch (random.nextInt(24)) {
            case 0, 1, 2, 3 -> calls(instance, 1 + random.nextInt(4));
            case 4, 5, 6, 7 -> ends(1 + random.nextInt(4));
            case 8, 9 -> many(instance, 1 + random.nextInt(5), false);
            case 10, 11 -> many(instance, 1 + random.nextInt(3), true);
            case 12, 13, 14 -> passes(Duration.ofMillis(random.nextInt(1500)));
            case 15, 16 -> passes(Duration.ofSeconds(random.nextInt(8)));
            case 17 -> passes(Duration.ofSeconds(random.nextInt(60)));
            case 18 -> breaks(instance);
            case 19, 20 -> repairs();
            case 21 -> {
                return rarely(instance);
            }
            default -> passes(Duration.ofMillis(4500));
        }
        return false;
    }

    private boolean rarely(Instance instance) {
        switch (random.nextInt(8)) {
            case 0 -> joins();
            case 1 -> dies(instance);
            case 2 -> closes(instance);
            case 3 -> losesData();
            case 4 -> restarts();
            default -> {
                operates(instance);
                return true;
            }
        }
        return false;
    }

    private void calls(Instance by, int times) {
        did("%s begins %d calls".formatted(by, times));
        for (int i = 0; i < times; i++) {
            call(by);
        }
    }

    private @Nullable Call call(Instance by) {
        Permit permit = by.node.breaker.tryAcquire();
        BreakerSnapshot seen = by.seen();
        boolean overridden = seen.state() != seen.automaticState();
        if (by.isCalm() && !by.isAlone() && !overridden && !model.isForgotten()) {
            checkAdmission(permit != null);
        }
        if (permit == null) {
            return null;
        }
        Call call = new Call(
                permit,
                by,
                seen.epoch(),
                by.node.transitions.size(),
                seen.automaticState(),
                seen.stateScope() == BreakerScope.CLUSTER,
                overridden);
        if (isProbe(call) && call.epoch == model.epoch()) {
            model.leases(permit, ticker.read());
        }
        running.add(call);
        return call;
    }

    private static boolean isProbe(Call call) {
        return call.state == BreakerState.HALF_OPEN && call.ofCluster && !call.overridden;
    }

    private void checkAdmission(boolean admitted) {
        if (model.kind() == Kind.CLOSED) {
            assertThat(admitted).as("admission while CLOSED").isTrue();
        } else if (model.kind() == Kind.OPEN && isCalm()) {
            assertThat(admitted).as("admission while OPEN and waiting").isFalse();
        }
    }

    private void ends(int times) {
        did("%d calls end".formatted(Math.min(times, running.size())));
        for (int i = 0; i < times && !running.isEmpty(); i++) {
            end(running.get(random.nextInt(running.size())), random.nextInt(5));
        }
    }

    private void many(Instance by, int times, boolean failing) {
        did("%s makes %d calls that %s".formatted(by, times, failing ? "fail" : "succeed"));
        for (int i = 0; i < times; i++) {
            Call call = call(by);
            if (call != null) {
                end(call, failing ? 0 : 1);
            }
        }
    }

    private void end(Call call, int outcome) {
        running.remove(call);
        boolean late = isLate(call);
        String before = late ? everything() : "";
        if (!late) {
            tell(call, outcome);
        }
        switch (outcome) {
            case 0, 2 -> call.permit.failure(new IOException("down"), 0);
            case 1, 3 -> call.permit.success(0);
            default -> call.permit.ignore();
        }
        if (late && isQuiet()) {
            assertThat(everything())
                    .as("after a call that was admitted in stay %d (G5)", call.epoch)
                    .isEqualTo(before);
        }
    }

    /* Certainly so: its instance has since followed the cluster into another stay, or it belongs to none. */
    private boolean isLate(Call call) {
        return call.epoch != call.by.seen().epoch() && call.epoch > 0 && call.ofCluster;
    }

    private void tell(Call call, int outcome) {
        boolean heard = call.by.line.fault == Fault.NONE || call.by.line.fault == Fault.REPLY_LOST;
        Boolean failure = outcome == 4 ? null : outcome % 2 == 0;
        if (isProbe(call)) {
            if (call.epoch == model.epoch()) {
                model.completes(call.permit, ticker.read(), failure, heard);
            }
        }
        BreakerSnapshot seen = call.by.seen();
        boolean mayCount = model.kind() == Kind.CLOSED && seen.epoch() == model.epoch();
        if (mayCount && failure != null) {
            boolean sure = call.state == BreakerState.CLOSED
                    && seen.automaticState() == BreakerState.CLOSED
                    && !call.overridden
                    && seen.state() == BreakerState.CLOSED
                    && call.epoch == seen.epoch()
                    && call.told == call.by.node.transitions.size()
                    && !call.by.isAlone()
                    && living.contains(call.by);
            model.records(call.by, ticker.read(), failure, sure);
        }
    }

    /* What is shared, and what each instance has of it. Any answer of the store may bring the counts of probes up to date. */
    private String everything() {
        StringBuilder all = new StringBuilder().append(read().state()).append(read().totals());
        for (Instance instance : living) {
            BreakerSnapshot seen = instance.seen();
            all.append(String.format(
                    "%n%s %s %s %d %s",
                    instance,
                    seen.state(),
                    seen.stateScope(),
                    seen.epoch(),
                    seen.state() == BreakerState.HALF_OPEN ? "" : seen.counts()));
        }
        return all.toString();
    }

    private SyncReply read() {
        return memory.sync("partner", SHAPE, "", null).toCompletableFuture().join();
    }

    private void passes(Duration time) {
        did("%d ms pass".formatted(time.toMillis()));
        ticker.advance(time);
    }

    private void breaks(Instance instance) {
        Fault[] faults = {Fault.DOWN, Fault.HUNG, Fault.REPLY_LOST, Fault.THROWS};
        List<Instance> some = random.nextBoolean() ? living : List.of(instance);
        Fault fault = faults[random.nextInt(faults.length)];
        boolean deaf = random.nextInt(3) == 0;
        did("%s %s".formatted(some, deaf ? "hear no messages" : "meet the fault " + fault));
        for (Instance one : some) {
            if (deaf) {
                one.line.deaf = true;
            } else {
                calm(one);
                one.line.fault = fault;
            }
        }
        model.breaks();
    }

    private void repairs() {
        did("all faults end");
        living.forEach(this::calm);
    }

    private void calm(Instance instance) {
        if (instance.isCutOff()) {
            boolean hung = instance.line.fault == Fault.HUNG;
            instance.line.fault = Fault.NONE;
            instance.line.deaf = false;
            instance.troubledUntil = Math.max(instance.troubledUntil, ticker.read() + (hung ? HUNG : 0));
        }
    }

    private Instance join() {
        Instance instance = new Instance();
        living.add(instance);
        all.add(instance);
        return instance;
    }

    private void joins() {
        did("one joins");
        if (living.size() < 5) {
            join();
        }
    }

    private void dies(Instance instance) {
        did("%s is killed".formatted(instance));
        kill(instance);
        if (living.isEmpty()) {
            join();
        }
    }

    private void kill(Instance instance) {
        instance.line.fault = Fault.DOWN;
        instance.line.deaf = true;
        instance.node.registry.close();
        model.dies(instance);
        leaves(instance);
    }

    /* What the store has lost may be lost with whoever knew it. */
    private void leaves(Instance instance) {
        living.remove(instance);
        decided = read().override() == null && (decided == null || decided.mode() != Mode.NONE) ? null : decided;
    }

    private void closes(Instance instance) {
        did("%s is closed".formatted(instance));
        close(instance);
        if (living.isEmpty()) {
            join();
        }
    }

    private void close(Instance instance) {
        boolean calm = instance.isCalm();
        instance.node.registry.close();
        if (!calm) {
            model.dies(instance);
        }
        leaves(instance);
    }

    private void losesData() {
        did("the store loses its data");
        model.loses();
        memory.clear();
        ticker.advance(Duration.ofMillis(1));
        living.forEach(instance -> instance.troubledUntil = Math.max(instance.troubledUntil, ticker.read()));
    }

    /** All instances end, killed or closed, and as many begin: what is shared is as it was (G8). */
    private void restarts() {
        did("all instances restart");
        boolean calm = isCalm();
        for (Instance instance : List.copyOf(living)) {
            if (random.nextBoolean()) {
                kill(instance);
            } else {
                close(instance);
            }
        }
        SyncReply before = read();
        for (int i = 2 + random.nextInt(3); i > 0; i--) {
            join();
        }
        if (calm) {
            living.forEach(instance -> checkRestarted(instance, before));
        }
    }

    private static void checkRestarted(Instance instance, SyncReply before) {
        BreakerSnapshot seen = instance.seen();
        assertThat(seen.epoch())
                .as("stay after a restart (G8)")
                .isEqualTo(before.state().epoch());
        assertThat(seen.automaticState().name())
                .as("state after a restart (G8)")
                .isEqualTo(before.state().kind().name());
        if (before.state().kind() == Kind.OPEN) {
            assertThat(seen.timeLeftOpen())
                    .as("wait after a restart (G8)")
                    .isEqualTo(before.state().remaining());
        }
        SharedOverride override = before.override();
        boolean overridden = override != null && override.mode() != Mode.NONE;
        assertThat(seen.override() != null).as("override after a restart (G8)").isEqualTo(overridden);
        if (overridden && seen.override() != null) {
            assertThat(seen.override().state().name()).isEqualTo(override.mode().name());
            assertThat(seen.override().expiresIn()).isEqualTo(override.remaining());
            assertThat(seen.override().reason()).isEqualTo(override.reason());
        }
    }

    private void operates(Instance instance) {
        Duration expiry = random.nextBoolean() ? null : Duration.ofSeconds(1 + random.nextInt(60));
        int what = random.nextInt(7);
        did("an operator of %s does %d for %s".formatted(instance, what, expiry));
        Breaker breaker = instance.node.breaker;
        decides(what, expiry);
        switch (what) {
            case 0 -> breaker.forceOpen("model", "ann", expiry);
            case 1 -> breaker.disable("model", "ann", expiry);
            case 2 -> breaker.metricsOnly("model", "ann", expiry);
            case 3, 4, 5 -> breaker.release("model", "ann");
            default -> {
                model.resets();
                model.goesAlone(instance);
                breaker.reset("model", "ann");
            }
        }
    }

    private void decides(int what, @Nullable Duration expiry) {
        Mode[] modes = {Mode.FORCED_OPEN, Mode.DISABLED, Mode.METRICS_ONLY, Mode.NONE, Mode.NONE, Mode.NONE};
        if (what < modes.length) {
            boolean forEver = expiry == null || modes[what] == Mode.NONE;
            long until = forEver ? Long.MAX_VALUE : ticker.read() + expiry.toNanos();
            decided = isCalm() ? new Decision(modes[what], until) : null;
        }
    }

    // ---- checks

    private void check() {
        long now = ticker.read();
        long newest = living.stream()
                .mapToLong(instance -> instance.seen().epoch())
                .max()
                .orElse(0);
        if (Math.max(newest, read().state().epoch()) < model.epoch()) {
            model.forgets(Math.max(newest, read().state().epoch()));
        }
        if (!isCalm()) {
            model.isTroubled();
        }
        for (Instance instance : living) {
            if (instance.isAlone()) {
                model.goesAlone(instance);
            }
        }
        if (isCalm()) {
            model.reportedUntil(now - CALM);
            living.forEach(this::checkAgreement);
            checkDecision(now);
        }
        SyncReply held = read();
        if (held.state().epoch() == model.epoch() && !model.isForgotten()) {
            if (model.kind() == Kind.CLOSED) {
                model.checkTotals(held.totals(), now);
            } else if (model.kind() == Kind.HALF_OPEN && held.state().kind() == Kind.HALF_OPEN) {
                model.checkProbes(held.state().probes(), now);
            }
        }
        if (isQuiet() && !model.isForgotten()) {
            model.checkThreshold(now);
        }
        for (Instance instance : living) {
            checkView(instance, now);
        }
        checkAnnouncedOnce();
    }

    private void checkView(Instance instance, long now) {
        BreakerSnapshot seen = instance.seen();
        if (seen.epoch() == model.epoch()
                && !model.isForgotten()
                && seen.countsScope() == BreakerScope.CLUSTER
                && seen.state() == BreakerState.CLOSED) {
            if (instance.isCalm()) {
                model.checkView(instance, seen.counts(), now);
            }
        }
    }

    private void checkAgreement(Instance instance) {
        BreakerSnapshot seen = instance.seen();
        assertThat(seen.epoch()).as("stay that %s is in", instance).isEqualTo(model.epoch());
        SyncReply held = read();
        assertThat(held.state().epoch()).as("stay that the store knows (G8)").isEqualTo(model.epoch());
        if (seen.stateScope() == BreakerScope.CLUSTER) {
            assertThat(Kind.valueOf(seen.automaticState().name()))
                    .as("state of %s", instance)
                    .isIn(model.kinds());
            Long deadline = model.deadline();
            if (seen.timeLeftOpen() != null && deadline != null) {
                assertThat(seen.timeLeftOpen())
                        .as("wait of %s", instance)
                        .isEqualTo(Duration.ofNanos(Math.max(0, deadline - ticker.read())));
            }
        }
    }

    /** The operator's last decision holds everywhere until it expires (G8). */
    private void checkDecision(long now) {
        if (decided == null) {
            return;
        }
        Mode expected = decided.until() <= now ? Mode.NONE : decided.mode();
        for (Instance instance : living) {
            BreakerSnapshot.ActiveOverride override = instance.seen().override();
            assertThat(
                            override == null
                                    ? Mode.NONE
                                    : Mode.valueOf(override.state().name()))
                    .as("override of %s (G8)", instance)
                    .isEqualTo(expected);
            if (override != null && override.expiresIn() != null) {
                assertThat(override.expiresIn().toNanos()).isEqualTo(decided.until() - now);
            }
        }
    }

    private Stream<BreakerEvent.Transition> announced(boolean fresh) {
        return all.stream()
                .flatMap(instance -> instance.node.transitions.stream().skip(fresh ? instance.told : 0))
                .filter(event -> event.announcer() && event.scope() == BreakerScope.CLUSTER);
    }

    private void checkAnnouncedOnce() {
        Set<Long> epochs = new HashSet<>();
        announced(false)
                .filter(event -> event.epoch() > 0 || !(isOverride(event.from()) || isOverride(event.to())))
                .forEach(event -> assertThat(event.epoch() > 0 && epochs.add(event.epoch()))
                        .as("%s is announced once, with the stay that begins (G6)", event)
                        .isTrue());
    }

    private static boolean isOverride(BreakerState state) {
        return state == BreakerState.FORCED_OPEN
                || state == BreakerState.DISABLED
                || state == BreakerState.METRICS_ONLY;
    }

    private void checkAnnouncements() {
        assertThat(announced(true).map(event -> event.to().name()))
                .as("announcements of this step (G6)")
                .containsExactlyInAnyOrderElementsOf(
                        entered.stream().map(Kind::name).toList());
    }

    @Override
    public String toString() {
        return model + System.lineSeparator() + everything();
    }
}
