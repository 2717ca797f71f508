package dev.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a call costs in garbage unless it is a probe: nothing, shared or not (G1). */
class AllocationTest {

    private static final int CALLS = 100_000;

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
    void callsOfAClosedCircuit() {
        Callable<String> body = () -> "offer";
        assertThat(bytesPerCall(() -> {
                    try {
                        breaker.call(body);
                    } catch (Exception impossible) {
                        throw new IllegalStateException(impossible);
                    }
                }))
                .isZero();
    }

    @Test
    void permitsOfAClosedCircuit() {
        assertThat(bytesPerCall(() -> breaker.acquire().success(0))).isZero();
    }

    @Test
    void rejectionsOfAnOpenCircuit() {
        open(breaker);
        assertThat(breaker.tryAcquire()).isNull();
        assertThat(bytesPerCall(breaker::tryAcquire)).isZero();
    }

    @Test
    void rejectionsOfAHalfOpenCircuit() {
        assertThat(bytesPerRejectionHalfOpen(breaker)).isZero();
    }

    @Test
    void rejectionsOfAHalfOpenCircuitThatIsNotShared() {
        try (BreakerRegistry local = BreakerRegistry.builder().ticker(ticker).build()) {
            assertThat(bytesPerRejectionHalfOpen(local.breaker("partner"))).isZero();
        }
    }

    private long bytesPerRejectionHalfOpen(Breaker circuit) {
        open(circuit);
        ticker.advance(circuit.config().waitDurationInOpenState());
        for (int i = 0; i < circuit.config().permittedNumberOfCallsInHalfOpenState(); i++) {
            circuit.acquire();
        }
        assertThat(circuit.tryAcquire()).isNull();
        assertThat(circuit.state()).isEqualTo(BreakerState.HALF_OPEN);
        return bytesPerCall(circuit::tryAcquire);
    }

    private static void open(Breaker circuit) {
        for (int i = 0; i < 10; i++) {
            circuit.acquire().failure(new IOException("down"), 0);
        }
    }

    /* The text of one takes 400 bytes, and a fallback asks for it seldom. */
    @Test
    void textOfARejectionNobodyAsksFor() {
        open(breaker);
        assertThat(bytesPerCall(breaker::rejection)).isLessThan(100);
    }

    /* Whatever the JVM allocates now and then in this thread stays far below a byte per call. */
    private static long bytesPerCall(Runnable call) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        for (int i = 0; i < CALLS; i++) {
            call.run();
        }
        long before = threads.getThreadAllocatedBytes(thread);
        for (int i = 0; i < CALLS; i++) {
            call.run();
        }
        return (threads.getThreadAllocatedBytes(thread) - before) / CALLS;
    }
}
