package dev.breaker.spring.faults;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Objects;

/** What this JVM takes. */
final class Room {

    private static final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    private Room() {}

    /** Bytes on the heap that are in use after a collection. */
    static long heapAfterCollection() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Live platform threads. */
    static int threads() {
        return threads.getThreadCount();
    }

    /** Nanoseconds of processor time that the live threads of that name have taken together. */
    static long processorTimeOf(String name) {
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(Objects::nonNull)
                .filter(thread -> thread.getThreadName().equals(name))
                .mapToLong(ThreadInfo::getThreadId)
                .map(threads::getThreadCpuTime)
                .sum();
    }
}
