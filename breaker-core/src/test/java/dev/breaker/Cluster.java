package dev.breaker;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.breaker.shared.SharedStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Instances of one service that share a store, on one manual clock, with what each of them was told. */
final class Cluster {

    /** One instance: its circuit, and the transitions it saw. */
    static final class Node implements BreakerListener {

        final List<BreakerEvent.Transition> transitions = new ArrayList<>();
        final List<BreakerEvent> sharing = new ArrayList<>();
        final BreakerRegistry registry;
        final Breaker breaker;

        Node(String name, Ticker ticker, SharedStore store, BreakerConfig config) {
            this(name, ticker, store, config, false);
        }

        Node(String name, Ticker ticker, SharedStore store, BreakerConfig config, boolean keyed) {
            registry = BreakerRegistry.builder()
                    .ticker(ticker)
                    .store(store)
                    .instance(name)
                    .configs(any -> config)
                    .listener(this)
                    .build();
            breaker = keyed
                    ? registry.keyed("partner", "partner[acme]", config).orElseThrow()
                    : registry.breaker("partner");
        }

        Node succeeds(int times) {
            for (int i = 0; i < times; i++) {
                Permit permit = breaker.tryAcquire();
                if (permit != null) {
                    permit.success(0);
                }
            }
            return this;
        }

        Node fails(int times) {
            for (int i = 0; i < times; i++) {
                Permit permit = breaker.tryAcquire();
                if (permit != null) {
                    permit.failure(new IOException("down"), 0);
                }
            }
            return this;
        }

        BreakerState state() {
            return breaker.state();
        }

        /** Why a call is rejected. */
        CallNotPermittedException rejection() {
            return catchThrowableOfType(CallNotPermittedException.class, breaker::acquire);
        }

        boolean isRejected() {
            Permit permit = breaker.tryAcquire();
            if (permit != null) {
                permit.ignore();
            }
            return permit == null;
        }

        @Override
        public void onTransition(BreakerEvent.Transition event) {
            transitions.add(event);
        }

        @Override
        public void onSharingDegraded(BreakerEvent.SharingDegraded event) {
            sharing.add(event);
        }

        @Override
        public void onSharingRecovered(BreakerEvent.SharingRecovered event) {
            sharing.add(event);
        }
    }

    final ManualTicker ticker = new ManualTicker();
    final InMemoryStore memory = new InMemoryStore(ticker);
    final FaultyStore store = new FaultyStore(memory);
    final List<Node> nodes = new ArrayList<>();
    private final BreakerConfig config;
    private final boolean keyed;

    Cluster(int size, BreakerConfig.Builder config) {
        this(size, config, false);
    }

    /**
     * @param keyed whether the circuit is that of a key
     */
    Cluster(int size, BreakerConfig.Builder config, boolean keyed) {
        this.config = config.build();
        this.keyed = keyed;
        ticker.advance(Duration.ofSeconds(1000));
        for (int i = 0; i < size; i++) {
            join();
        }
    }

    Node join() {
        Node node = new Node("node-" + nodes.size(), ticker, store, config, keyed);
        nodes.add(node);
        return node;
    }

    Node node(int index) {
        return nodes.get(index);
    }

    Cluster after(Duration time) {
        ticker.advance(time);
        return this;
    }

    Cluster afterSeconds(long seconds) {
        return after(Duration.ofSeconds(seconds));
    }

    List<BreakerState> states() {
        return nodes.stream().map(Node::state).toList();
    }

    List<BreakerEvent.Transition> announced() {
        return nodes.stream()
                .flatMap(node -> node.transitions.stream())
                .filter(BreakerEvent.Transition::announcer)
                .toList();
    }
}
