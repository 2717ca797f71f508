package dev.breaker.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Processor time that this JVM's threads have used so far, by thread. */
final class ThreadTimes {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Map<Long, Long> nanos = new HashMap<>();
    private final Map<Long, String> names = new HashMap<>();

    private ThreadTimes() {
        for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
            if (thread != null) {
                nanos.put(thread.getThreadId(), Math.max(0, THREADS.getThreadCpuTime(thread.getThreadId())));
                names.put(thread.getThreadId(), thread.getThreadName());
            }
        }
    }

    static ThreadTimes now() {
        return new ThreadTimes();
    }

    Used since(ThreadTimes before) {
        Map<String, Double> seconds = new HashMap<>();
        nanos.forEach((thread, now) -> seconds.merge(
                String.valueOf(names.get(thread)), (now - before.nanos.getOrDefault(thread, 0L)) / 1e9, Double::sum));
        return new Used(seconds);
    }

    /**
     * Processor time between two moments.
     *
     * @param seconds by name of the threads
     */
    record Used(Map<String, Double> seconds) {

        /** Of all threads whose name begins like that. */
        double by(String... prefixes) {
            return seconds.entrySet().stream()
                    .filter(thread -> Stream.of(prefixes).anyMatch(thread.getKey()::startsWith))
                    .mapToDouble(Map.Entry::getValue)
                    .sum();
        }
    }
}
