package dev.breaker;

import dev.breaker.shared.InstanceReport;
import dev.breaker.shared.SharedStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Creates and finds circuits by name, and keeps them in step with the store.
 *
 * <p>An application has one. Its background work runs on two daemon threads, whatever the number of circuits, and health probes
 * on at most eight more. Safe for use by many threads.
 */
public final class BreakerRegistry implements AutoCloseable {

    private final ConcurrentHashMap<String, Breaker> breakers = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, KeyedBreakers> families = new ConcurrentHashMap<>();
    private final int maximumBreakers;
    private final Surroundings surroundings;
    private final Listeners listeners;
    private final Configurations configurations;
    private final Upkeep upkeep;

    private BreakerRegistry(Builder builder) {
        maximumBreakers = builder.maximumBreakers;
        surroundings = Surroundings.of(builder);
        listeners = surroundings.listeners();
        configurations = new Configurations(builder.configs, breakers);
        upkeep = new Upkeep(surroundings, breakers, families, builder.syncInterval);
    }

    /** Starts from the defaults: no store, the system's clock, {@link BreakerConfig#defaults()} for every circuit. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Finds a circuit, or creates it with its configuration.
     *
     * @param name 1 to 200 characters, none of them a control character, a line break or half a character
     * @throws IllegalArgumentException if the name breaks that rule or the configuration is invalid
     * @throws IllegalStateException if there are too many circuits
     */
    public Breaker breaker(String name) {
        Breaker known = breakers.get(name);
        if (known != null) {
            return known;
        }
        int before = configurations.rounds();
        Circuit circuit = new Circuit(CircuitName.checked(name), false, configurations.of(name), surroundings);
        Breaker created = new Breaker(circuit, null);
        Breaker kept = begun(name, created, maximumBreakers)
                .orElseThrow(() -> new IllegalStateException("Circuit breaker '" + name
                        + "' would be one more than the maximum of " + maximumBreakers
                        + "; use fewer names or raise the maximum."));
        if (kept == created) {
            configurations.catchUp(created, before);
        }
        return kept;
    }

    /** Creates the circuit of a key, with what it has of the configuration of the bare name, if there is room for keys. */
    Optional<Breaker> keyed(String family, String name, BreakerConfig bare) {
        Circuit circuit = new Circuit(CircuitName.checked(name), true, Configurations.ofAKey(bare), surroundings);
        Optional<Breaker> kept = begun(name, new Breaker(circuit, family), roomForKeys());
        kept.ifPresent(configurations::likeItsFamily);
        return kept;
    }

    /* Not locked while the configuration is looked up, which is users' code. */
    private Optional<Breaker> begun(String name, Breaker created, int room) {
        CompletableFuture<Optional<Breaker>> kept = new CompletableFuture<>();
        listeners.exclusively(() -> {
            Breaker known = breakers.get(name);
            if (known == null && breakers.size() < room) {
                listeners.created(new BreakerEvent.Created(name));
                created.circuit().start();
                breakers.put(name, created);
                known = created;
            }
            kept.complete(Optional.ofNullable(known));
        });
        kept.join().filter(created::equals).map(Breaker::circuit).ifPresent(upkeep::started);
        return kept.join();
    }

    /**
     * Circuits of one name, one for each key.
     *
     * @param name name of the circuits without their keys, 150 characters at most
     * @throws IllegalArgumentException if the name breaks a rule
     * @throws IllegalStateException if there are too many such names
     */
    public KeyedBreakers keyed(String name) {
        KeyedBreakers known = families.get(name);
        return known != null
                ? known
                : families.computeIfAbsent(CircuitName.checked(name), any -> {
                    checkRoomForKeysOf(name);
                    return new KeyedBreakers(this, name, surroundings.ticker().read());
                });
    }

    private void checkRoomForKeysOf(String name) {
        if (families.size() >= maximumBreakers) {
            throw new IllegalStateException("Circuit breakers with keys named '" + name
                    + "' would be of one name more than the maximum of " + maximumBreakers
                    + "; use fewer names or raise the maximum.");
        }
    }

    /** All circuits that have keys, by their name without. */
    public Collection<KeyedBreakers> families() {
        return List.copyOf(families.values());
    }

    /** Whether the room for circuits of keys is used up, by whatever circuits. */
    boolean isFullForKeys() {
        return breakers.size() >= roomForKeys();
    }

    /** With how many circuits there is none more for a key: the last tenth of the maximum, and one at least, is for names. */
    int roomForKeys() {
        return maximumBreakers - Math.max(1, maximumBreakers / 10);
    }

    /**
     * Asks for the configuration of every circuit again and lets each go on with the answer. Nothing else changes: neither a
     * state nor a count.
     *
     * <p>What is decided next is decided by the new configuration: how a call that ends is classified and whether it was slow
     * (not one that began while calls were not timed), a rejection, the wait of the next opening, the probes of the next
     * half-open stay, the lease of the next probe. No circuit opens merely because of other thresholds: a CLOSED one is judged
     * by them after the next failure or slow call. A sliding window of another type or size takes over what the old one holds,
     * as far as it can: from time to time by age, else as a tally. {@link BreakerConfig#sharing()} cannot change; a circuit for
     * which it would keeps it, and a warning says so.
     *
     * <p>Instances may be reconfigured one after the other: they stay one circuit with one state, but those whose windows
     * differ in type or size count apart until all have the same.
     *
     * @throws IllegalArgumentException if a configuration is invalid, or whatever {@link Builder#configs} throws; then no
     *     circuit has changed
     */
    public void reconfigure() {
        configurations.reconfigure();
    }

    /** Finds a circuit without creating it. */
    public Optional<Breaker> find(String name) {
        return Optional.ofNullable(breakers.get(name));
    }

    /**
     * Removes a circuit from this instance, after sending to the store what it has not been told yet; does not wait for the
     * answer. If the store cannot be reached, that is lost, an operator's decision too. What the cluster knows of the circuit stays, and {@link #breaker} makes a new one that follows it. Whoever still
     * holds the removed circuit holds one that works on its own, as after {@link #close}.
     *
     * @return whether there was one
     */
    public boolean remove(String name) {
        CompletableFuture<Optional<Breaker>> removed = new CompletableFuture<>();
        listeners.exclusively(() -> {
            Optional<Breaker> breaker = Optional.ofNullable(breakers.remove(name));
            breaker.ifPresent(one -> {
                one.circuit().phases().announcer().fallSilent();
                listeners.removed(new BreakerEvent.Removed(name));
            });
            removed.complete(breaker);
        });
        removed.join().ifPresent(breaker -> {
            breaker.family().map(families::get).ifPresent(family -> family.forget(breaker));
            breaker.circuit().leave();
        });
        return removed.join().isPresent();
    }

    /** All circuits at this moment, in no particular order. */
    public Collection<Breaker> breakers() {
        return List.copyOf(breakers.values());
    }

    /** Identity of this instance among those that share the store. */
    public String instance() {
        return surroundings.instance();
    }

    /** Whether the store answers: DEGRADED while any circuit is cut off from it, OFF without a store. */
    public BreakerSnapshot.Sharing sharing() {
        SharingSettings sharing = surroundings.sharing();
        if (sharing == null) {
            return BreakerSnapshot.Sharing.OFF;
        }
        return sharing.outage().lasts() ? BreakerSnapshot.Sharing.DEGRADED : BreakerSnapshot.Sharing.ACTIVE;
    }

    /** How the exchanges of all circuits with the store have gone since the registry was created. */
    public SharingTotals exchanges() {
        SharingSettings sharing = surroundings.sharing();
        return (sharing == null ? new ExchangeCounts() : sharing.exchanges()).totals();
    }

    /** Which store is used, in words; empty without one. */
    public Optional<String> store() {
        return Optional.ofNullable(surroundings.sharing())
                .map(sharing -> sharing.store().describe());
    }

    /**
     * The instances of the service that are alive, and how each stands with its circuits: this one first, complete and as of
     * now, then the others as they last said, with the ages of what they said. Each says so every five seconds, is known for
     * twenty and may be listed for five more; while the store does not answer, what was known grows old. Circuits that are not shared are told of this one only.
     *
     * <p>The store is asked only on behalf of who calls this, at most every five seconds however many do, so that nobody who
     * watches costs nothing. Takes a snapshot of each circuit of this instance.
     *
     * @return completes at once, or else with the store's answer, or half a second later without it, in a thread of the store
     *     or of the registry, which must not be held up; never fails
     */
    public CompletionStage<List<InstanceReport>> instances() {
        return upkeep.presence().instances();
    }

    /** Adds a listener for the events of all circuits. */
    public void addListener(BreakerListener listener) {
        listeners.add(listener);
    }

    /** Removes a listener. */
    public void removeListener(BreakerListener listener) {
        listeners.remove(listener);
    }

    /**
     * Sends to the store what it has not been told yet, waiting no longer than half a second, and ends all background work.
     * Circuits go on working on their own. Does not close the store, which belongs to whoever made it. Idempotent.
     */
    @Override
    public void close() {
        upkeep.close();
    }

    /** Collects the settings of a registry. Not safe for use by many threads. */
    public static final class Builder {

        Ticker ticker = Ticker.system();
        BooleanSupplier eventLoop = () -> false;

        @Nullable
        SharedStore store;

        String instance = UUID.randomUUID().toString().substring(0, 8);
        private Function<String, BreakerConfig> configs = name -> BreakerConfig.defaults();
        final List<BreakerListener> listeners = new ArrayList<>();
        Duration syncInterval = Duration.ofMillis(250);
        Duration pollInterval = Duration.ofSeconds(1);
        private int maximumBreakers = 10_000;
        boolean timed;

        private Builder() {}

        /** The clock; default {@link Ticker#system()}. With a {@link ManualTicker} the registry starts no threads. */
        public Builder ticker(Ticker ticker) {
            this.ticker = ticker;
            return this;
        }

        /** The store to share circuits through; default none. */
        public Builder store(SharedStore store) {
            this.store = store;
            return this;
        }

        /**
         * Identity among all instances, different in every process and every run: 1 to 200 characters, none of them a control
         * character; default random.
         */
        public Builder instance(String instance) {
            if (instance.isEmpty() || instance.length() > InstanceReport.LONGEST_NAME || !OneLine.fits(instance)) {
                throw new InvalidConfigException(
                        "instance", instance, "must have 1 to 200 characters, none of them a control character");
            }
            this.instance = instance;
            return this;
        }

        /**
         * Yields the configuration of a circuit by its name when it is created, and at every {@link #reconfigure()}; default
         * the defaults.
         */
        public Builder configs(Function<String, BreakerConfig> configs) {
            this.configs = configs;
            return this;
        }

        /** Adds a listener for the events of all circuits. */
        public Builder listener(BreakerListener listener) {
            listeners.add(listener);
            return this;
        }

        /** How often a circuit with news exchanges with the store, 10 ms to 1 min; default 250 ms. */
        public Builder syncInterval(Duration syncInterval) {
            this.syncInterval = between("syncInterval", syncInterval);
            return this;
        }

        /** How often a circuit without news looks for those of others, 10 ms to 1 min; default 1 s. */
        public Builder pollInterval(Duration pollInterval) {
            this.pollInterval = between("pollInterval", pollInterval);
            return this;
        }

        /**
         * Tells whether the calling thread is an event loop's, which never waits for a probe's permit, not even for
         * {@link BreakerConfig#halfOpenAcquireTimeout()}: the permit is kept for the next caller. Asked only by calls that would
         * have to wait; default never.
         */
        public Builder eventLoop(BooleanSupplier eventLoop) {
            this.eventLoop = eventLoop;
            return this;
        }

        /**
         * How many circuits there may be, at least 1; default 10,000. The last tenth of them, and one at least, is for names:
         * when only that is left, further keys share the circuit of their bare name.
         */
        public Builder maximumBreakers(int maximumBreakers) {
            if (maximumBreakers < 1) {
                throw new InvalidConfigException("maximumBreakers", maximumBreakers, "must be at least 1");
            }
            this.maximumBreakers = maximumBreakers;
            return this;
        }

        /**
         * Whether every call is timed, so that events and totals tell durations, also where no slow calls are looked for;
         * default false.
         */
        public Builder timed(boolean timed) {
            this.timed = timed;
            return this;
        }

        /** Builds the registry and starts its background work. */
        public BreakerRegistry build() {
            BreakerRegistry registry = new BreakerRegistry(this);
            registry.upkeep.start();
            return registry;
        }

        private static Duration between(String property, Duration value) {
            if (value.compareTo(Duration.ofMillis(10)) < 0 || value.compareTo(Duration.ofMinutes(1)) > 0) {
                throw new InvalidConfigException(property, value, "must be between PT0.01S and PT1M");
            }
            return value;
        }
    }
}
