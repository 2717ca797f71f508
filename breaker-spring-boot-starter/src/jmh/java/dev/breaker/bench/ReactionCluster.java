package dev.breaker.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Instances in JVMs of their own, of which the first is the one that fails. */
final class ReactionCluster implements AutoCloseable {

    private final List<ReactionJvm> instances = new ArrayList<>();

    /**
     * One circuit's trip, in nanoseconds since the failure that crossed the threshold was about to be reported.
     *
     * @param self until the failing instance was seen to reject
     * @param others until each of the others was
     */
    record Trip(long self, List<Long> others) {

        long all() {
            return others.stream().reduce(self, Math::max);
        }
    }

    ReactionCluster(int port, int size, int circuits) throws IOException {
        for (int i = 0; i < size; i++) {
            instances.add(ReactionJvm.start(port, circuits));
        }
        for (ReactionJvm instance : instances) {
            instance.answer();
        }
    }

    int size() {
        return instances.size();
    }

    /** Begins a trip; the answer is for {@link #end}. */
    String begin(String breaker) throws IOException {
        return first().ask("trip", breaker);
    }

    /** Waits until all instances reject. */
    Trip end(String breaker, String begun) throws IOException {
        String[] words = begun.split(" ", -1);
        if (!Boolean.parseBoolean(words[2])) {
            throw new IllegalStateException("The failing instance did not reject its next call.");
        }
        long failed = Long.parseLong(words[0]);
        List<Long> others = new ArrayList<>();
        for (ReactionJvm instance : others()) {
            instance.order("opened", breaker);
        }
        for (ReactionJvm instance : others()) {
            others.add(Long.parseLong(instance.answer()) - failed);
        }
        return new Trip(Long.parseLong(words[1]) - failed, others);
    }

    /** Closes the circuit for all, and waits until it is, also for the one that asked for it. */
    void reset(String breaker) throws IOException {
        first().ask("reset", breaker);
        for (ReactionJvm instance : instances) {
            instance.order("closed", breaker);
        }
        for (ReactionJvm instance : instances) {
            instance.answer();
        }
    }

    /** Begins to send a message that no circuit knows of; the answer is for {@link #arrived}. */
    String send() throws IOException {
        return first().ask("send", "message");
    }

    /** Nanoseconds until the last instance had the message. */
    long arrived(String sent) throws IOException {
        for (ReactionJvm instance : instances) {
            instance.order("arrived", "message");
        }
        long last = Long.MIN_VALUE;
        for (ReactionJvm instance : instances) {
            last = Math.max(last, Long.parseLong(instance.answer()) - Long.parseLong(sent));
        }
        return last;
    }

    private ReactionJvm first() {
        return instances.get(0);
    }

    private List<ReactionJvm> others() {
        return instances.subList(1, instances.size());
    }

    @Override
    public void close() throws IOException {
        for (ReactionJvm instance : instances) {
            instance.close();
        }
    }
}
