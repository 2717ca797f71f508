package dev.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls while another thread is in the middle of changing the circuit: they do not wait for it (G1). */
@Timeout(60)
class LockedCircuitTest {

    private final ManualTicker ticker = new ManualTicker();
    private final BreakerRegistry registry = BreakerRegistry.builder()
            .ticker(ticker)
            .store(new InMemoryStore(ticker))
            .build();
    private final Breaker breaker = registry.breaker("partner");

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void makesACallWhileItIsClosed() throws Exception {
        assertThat(whileAllIsLocked(() -> breaker.call(() -> "offer"))).isEqualTo("offer");
    }

    @Test
    void givesAPermitWhileItIsClosedAndTakesItsSuccess() throws Exception {
        assertThat(whileAllIsLocked(() -> {
                    Permit permit = breaker.acquire();
                    permit.success(0);
                    return permit;
                }))
                .isNotNull();
    }

    @Test
    void rejectsACallWhileItIsOpen() throws Exception {
        open();
        assertThat(whileAllIsLocked(() -> breaker.tryAcquire() == null)).isTrue();
    }

    @Test
    void rejectsACallWhileItIsHalfOpenAndAllProbesAreUnderWay() throws Exception {
        open();
        ticker.advance(breaker.config().waitDurationInOpenState());
        while (breaker.tryAcquire() != null) {
            assertThat(breaker.state()).isEqualTo(BreakerState.HALF_OPEN);
        }
        Sharing sharing = Objects.requireNonNull(
                breaker.circuit().sharingFor(breaker.circuit().current()));
        synchronized (sharing.leases()) {
            assertThat(whileAllIsLocked(() -> breaker.tryAcquire() == null)).isTrue();
        }
    }

    @Test
    void tellsItsStateWhileItChanges() throws Exception {
        assertThat(whileAllIsLocked(breaker::state)).isEqualTo(BreakerState.CLOSED);
    }

    private void open() {
        for (int i = 0; i < 10; i++) {
            breaker.acquire().failure(new IOException("down"), 0);
        }
    }

    /* This thread holds the locks, another one makes the call. */
    private <T> T whileAllIsLocked(Callable<T> call) throws Exception {
        Circuit circuit = breaker.circuit();
        Phase phase = circuit.current();
        synchronized (registry) {
            synchronized (breaker) {
                synchronized (circuit) {
                    synchronized (phase) {
                        return CompletableFuture.supplyAsync(() -> {
                                    try {
                                        return call.call();
                                    } catch (Exception fault) {
                                        throw new IllegalStateException(fault);
                                    }
                                })
                                .get(10, TimeUnit.SECONDS);
                    }
                }
            }
        }
    }
}
