package dev.breaker;

import static dev.breaker.BreakerState.HALF_OPEN;
import static dev.breaker.LocalCircuit.fragile;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.FaultyStore.Fault;
import dev.breaker.shared.ProbeReply;
import dev.breaker.shared.ProbeRequest;
import dev.breaker.shared.SharedStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Circuits that come, go and change while something is under way. */
class LifecycleTest {

    private static void fail(Breaker breaker) {
        breaker.acquire().failure(new IOException("down"), 0);
    }

    @Nested
    class ASuccessor {

        /** Notes the names of leases. */
        private final class Leases extends InterceptedStore {

            private final List<String> names = new ArrayList<>();

            Leases(SharedStore store) {
                super(store);
            }

            @Override
            <T> CompletionStage<T> run(String operation, Supplier<CompletionStage<T>> real) {
                return real.get();
            }

            @Override
            public CompletionStage<ProbeReply> permit(String breaker, ProbeRequest request) {
                names.add(request.lease());
                return super.permit(breaker, request);
            }
        }

        private final ManualTicker ticker = new ManualTicker();
        private final Leases store = new Leases(new InMemoryStore(ticker));

        private BreakerRegistry registry(BreakerConfig config) {
            return BreakerRegistry.builder()
                    .ticker(ticker)
                    .store(store)
                    .configs(name -> config)
                    .build();
        }

        @Test
        void doesNotGetTheProbeThatItsPredecessorMakes() {
            BreakerRegistry registry =
                    registry(fragile().permittedNumberOfCallsInHalfOpenState(1).build());
            fail(registry.breaker("partner"));
            ticker.advance(Duration.ofSeconds(31));
            assertThat(registry.breaker("partner").tryAcquire()).isNotNull();
            registry.remove("partner");
            Breaker successor = registry.breaker("partner");
            assertThat(successor.state()).isEqualTo(HALF_OPEN);
            assertThat(successor.tryAcquire()).isNull();
        }

        @Test
        void asksForHealthProbesByOtherNames() {
            CheckedPartner partner = new CheckedPartner();
            BreakerRegistry registry = registry(fragile().healthProbe(partner).build());
            fail(registry.breaker("partner"));
            ticker.advance(Duration.ofSeconds(31));
            registry.remove("partner");
            registry.breaker("partner");
            ticker.advance(Duration.ofMinutes(2));
            assertThat(partner.checks).isGreaterThan(1);
            assertThat(store.names).hasSize(partner.checks).doesNotHaveDuplicates();
        }
    }

    @Nested
    class ARemovedCircuit {

        private final ManualTicker ticker = new ManualTicker();
        private final InMemoryStore memory = new InMemoryStore(ticker);
        private final SlowStore store = new SlowStore(memory);

        private BreakerRegistry registry(SharedStore from) {
            BreakerConfig config = fragile()
                    .permittedNumberOfCallsInHalfOpenState(1)
                    .halfOpenAcquireTimeout(Duration.ofMillis(1))
                    .probeLease(Duration.ofMinutes(5))
                    .build();
            return BreakerRegistry.builder()
                    .ticker(ticker)
                    .store(from)
                    .configs(name -> config)
                    .build();
        }

        @Test
        void givesAPermitBackThatComesTooLate() {
            BreakerRegistry leaving = registry(store);
            Breaker other = registry(memory).breaker("partner");
            Breaker removed = leaving.breaker("partner");
            fail(removed);
            ticker.advance(Duration.ofSeconds(31));
            store.slow.add("permit");
            assertThat(removed.tryAcquire()).isNull();
            leaving.remove("partner");
            store.release();
            ticker.advance(Duration.ofSeconds(1));
            assertThat(other.tryAcquire()).isNotNull();
        }

        @Test
        void endsAnOverrideThatItGetsLater() {
            BreakerRegistry leaving = registry(store);
            Breaker removed = leaving.breaker("partner");
            leaving.remove("partner");
            removed.forceOpen("", "ann", Duration.ofSeconds(5));
            assertThat(removed.tryAcquire()).isNull();
            ticker.advance(Duration.ofSeconds(5));
            assertThat(removed.tryAcquire()).isNotNull();
        }
    }

    @Nested
    class AHealthProbe {

        private static final int PLACES = 8;

        private final ManualTicker ticker = new ManualTicker();
        private final FaultyStore store = new FaultyStore(new InMemoryStore(ticker));
        private final CheckedPartner partner = new CheckedPartner();
        private final Map<String, BreakerConfig> configs = new HashMap<>();
        private final BreakerRegistry registry = BreakerRegistry.builder()
                .ticker(ticker)
                .store(store)
                .configs(name -> configs.getOrDefault(
                        name, fragile().healthProbe(partner).build()))
                .build();

        private void allAskInVain() {
            IntStream.range(0, PLACES).forEach(i -> fail(registry.breaker("partner-" + i)));
            ticker.advance(Duration.ofSeconds(29));
            store.affected = "permit"::equals;
            store.fault = Fault.HUNG;
            ticker.advance(Duration.ofSeconds(2));
            assertThat(store.count("permit")).isEqualTo(PLACES);
            store.fault = Fault.NONE;
        }

        private void assertAnotherIsMade() {
            partner.checks = 0;
            fail(registry.breaker("last"));
            ticker.advance(Duration.ofSeconds(31));
            assertThat(partner.checks).isOne();
        }

        @Test
        void thatTheStoreDoesNotAnswerKeepsNoPlaceForACircuitThatIsRemoved() {
            allAskInVain();
            IntStream.range(0, PLACES).forEach(i -> registry.remove("partner-" + i));
            assertAnotherIsMade();
        }

        @Test
        void thatTheStoreDoesNotAnswerKeepsNoPlaceWhenItIsConfiguredNoMore() {
            allAskInVain();
            IntStream.range(0, PLACES)
                    .forEach(i -> configs.put("partner-" + i, fragile().build()));
            registry.reconfigure();
            assertAnotherIsMade();
        }
    }

    @Nested
    class AnOutage {

        @Test
        void lastsForTheSuccessorThatIsMadeWhileACircuitIsRemoved() {
            ManualTicker ticker = new ManualTicker();
            FaultyStore store = new FaultyStore(new InMemoryStore(ticker));
            List<BreakerEvent> recoveries = new ArrayList<>();
            BreakerRegistry registry =
                    BreakerRegistry.builder().ticker(ticker).store(store).build();
            registry.addListener(new BreakerListener() {
                @Override
                public void onRemoved(BreakerEvent.Removed event) {
                    registry.breaker(event.breaker());
                }

                @Override
                public void onSharingRecovered(BreakerEvent.SharingRecovered event) {
                    recoveries.add(event);
                }
            });
            registry.breaker("partner");
            store.fault = Fault.DOWN;
            ticker.advance(Duration.ofSeconds(5));
            registry.remove("partner");
            ticker.advance(Duration.ofSeconds(5));
            assertThat(registry.breaker("partner").snapshot().sharing()).isEqualTo(BreakerSnapshot.Sharing.DEGRADED);
            assertThat(registry.sharing()).isEqualTo(BreakerSnapshot.Sharing.DEGRADED);
            assertThat(recoveries).isEmpty();
        }
    }
}
