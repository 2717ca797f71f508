package dev.breaker.spring.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * Callers that go on calling while something fails. Each has a thread of its own, so one that is made to wait for the store
 * stops, and is missed; besides, all are looked at again and again for one that is found waiting inside Breaker.
 */
final class Traffic implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long PACE = 1_000;
    private static final long LOOK = 10;

    private final List<Caller> callers = new CopyOnWriteArrayList<>();
    private final Set<String> unexpected = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();

    Traffic() {
        var unused =
                watch.scheduleWithFixedDelay(() -> callers.forEach(Caller::look), LOOK, LOOK, TimeUnit.MILLISECONDS);
    }

    /**
     * Begins to call.
     *
     * @param what the calls' name in messages and for {@link #made}
     * @param mayWaitIn name of the only class in which the caller may wait, or empty
     * @param expected what a call may return
     */
    Traffic calling(String what, String mayWaitIn, Callable<?> call, Object... expected) {
        callers.add(new Caller(what, mayWaitIn, call, List.of(expected)));
        return this;
    }

    /** From here on calls are made during the fault. */
    void mark() {
        callers.forEach(Caller::mark);
    }

    /** Waits until every caller has come back from so many more calls. */
    void awaitEach(int calls) {
        long[] before = callers.stream().mapToLong(Caller::made).toArray();
        await("calls of every caller").atMost(LIMIT).until(() -> {
            long[] now = callers.stream().mapToLong(Caller::made).toArray();
            return Arrays.stream(callers.toArray(new Caller[0])).allMatch(Caller::isAlive)
                    && LongStream.range(0, now.length).allMatch(i -> now[(int) i] - before[(int) i] >= calls);
        });
    }

    /** How many calls of a name have come back. */
    long made(String what) {
        return callers.stream()
                .filter(caller -> caller.what.equals(what))
                .mapToLong(Caller::made)
                .sum();
    }

    /** Ends the calls and checks that none was harmed. */
    void stop() {
        callers.forEach(Caller::stop);
        watch.shutdown();
        assertThat(unexpected).as("what callers noticed").isEmpty();
    }

    /** Adds to a row how many calls of some names were made during the fault, and how long they took. */
    void note(Observed observed, String... names) {
        List<Caller> of = callers.stream()
                .filter(caller -> List.of(names).contains(caller.what))
                .toList();
        long[] during = of.stream().flatMapToLong(Caller::during).sorted().toArray();
        long[] before = of.stream().flatMapToLong(Caller::before).sorted().toArray();
        observed.note("calls", during.length)
                .note("p99.9", quantile(during, 0.999))
                .note("(before:", quantile(before, 0.999) + ")")
                .note("slowest", quantile(during, 1));
        LongStream waits = callers.stream()
                .filter(caller -> !caller.mayWaitIn.isEmpty())
                .flatMapToLong(caller -> LongStream.concat(caller.before(), caller.during()));
        waits.max().ifPresent(longest -> observed.note("longest wait for a probe", "%.1f ms".formatted(longest / 1e6)));
    }

    private static String quantile(long[] sorted, double share) {
        long nanos = sorted.length == 0 ? 0 : sorted[(int) Math.ceil(share * sorted.length) - 1];
        return "%.2f ms".formatted(nanos / 1e6);
    }

    @Override
    public void close() {
        callers.forEach(Caller::stop);
        watch.shutdownNow();
    }

    /** One thread that makes the same call again and again. */
    private final class Caller implements Runnable {

        private final String what;
        private final String mayWaitIn;
        private final Callable<?> call;
        private final List<Object> expected;
        private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
        private long[] nanos = new long[10_000];
        private int size;
        private int marked;
        private volatile Thread inside;
        private int lookedAt = -1;
        private int waits;

        private Caller(String what, String mayWaitIn, Callable<?> call, List<Object> expected) {
            this.what = what;
            this.mayWaitIn = mayWaitIn;
            this.call = call;
            this.expected = expected;
            var unused = executor.scheduleWithFixedDelay(this, 0, PACE, TimeUnit.MICROSECONDS);
        }

        @Override
        public void run() {
            long begin = System.nanoTime();
            inside = Thread.currentThread();
            try {
                Object result = call.call();
                if (!expected.contains(result)) {
                    unexpected.add(what + " returned " + result);
                }
            } catch (Throwable e) {
                unexpected.add(what + " threw " + e);
            } finally {
                inside = null;
            }
            add(System.nanoTime() - begin);
        }

        private synchronized void add(long duration) {
            if (size == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * size);
            }
            nanos[size++] = duration;
        }

        private synchronized int made() {
            return size;
        }

        private synchronized void mark() {
            marked = size;
        }

        private synchronized LongStream before() {
            return Arrays.stream(nanos, 0, marked);
        }

        private synchronized LongStream during() {
            return Arrays.stream(nanos, marked, size);
        }

        private boolean isAlive() {
            return !executor.isShutdown();
        }

        /*
         * A lock that is taken for a moment is no waiting for a store. One call that is found parked inside Breaker five times
         * in a row is.
         */
        private void look() {
            Thread thread = inside;
            int call = made();
            boolean parked = thread != null && thread.getState() != Thread.State.RUNNABLE && call == lookedAt;
            waits = parked ? waits + 1 : 0;
            lookedAt = call;
            if (waits >= 5) {
                Arrays.stream(thread.getStackTrace())
                        .map(StackTraceElement::getClassName)
                        .filter(name -> name.startsWith("dev.breaker.") && !name.contains(".faults."))
                        .findFirst()
                        .filter(name -> !name.equals(mayWaitIn))
                        .ifPresent(name -> unexpected.add(what + " waited in " + name));
            }
        }

        private void stop() {
            executor.shutdown();
            try {
                if (!executor.awaitTermination(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                    unexpected.add(what + " did not come back");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
