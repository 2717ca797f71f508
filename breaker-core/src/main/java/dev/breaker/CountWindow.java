package dev.breaker;

/** The last outcomes, in a ring of one byte each with running totals. */
final class CountWindow extends Window {

    private static final int FAILURE = 1;
    private static final int SLOW = 2;
    private static final String LETTERS = "sfSF";

    private final byte[] ring;
    private int next;

    CountWindow(int size) {
        ring = new byte[size];
    }

    @Override
    void add(long now, int times, boolean failure, boolean slowCall) {
        byte outcome = (byte) ((failure ? FAILURE : 0) | (slowCall ? SLOW : 0));
        for (int i = Math.min(times, ring.length); i > 0; i--) {
            add(outcome);
        }
    }

    /* A window by time does not know in which order: failures and slow calls are spread evenly over what fits. */
    @Override
    void addAll(long now, Window other) {
        if (other instanceof CountWindow count) {
            add(count.outcomes());
            return;
        }
        long kept = Math.min(other.calls, ring.length);
        for (long i = 0; i < kept; i++) {
            add(now, 1, falls(i, kept, other.failures, other.calls), falls(i, kept, other.slow, other.calls));
        }
    }

    /** Whether the i-th of those kept is one of the given number among all. */
    private static boolean falls(long i, long kept, long some, long all) {
        long share = Math.round((double) some * kept / all);
        return (i + 1) * share / kept > i * share / kept;
    }

    /** Adds outcomes as written by {@link #outcomes()}. */
    void add(String outcomes) {
        for (int i = 0; i < outcomes.length(); i++) {
            int outcome = LETTERS.indexOf(outcomes.charAt(i));
            if (outcome < 0) {
                throw new IllegalArgumentException(
                        "Invalid outcome (" + outcomes.charAt(i) + "): must be one of sfSF.");
            }
            add((byte) outcome);
        }
    }

    private void add(byte outcome) {
        if (calls == ring.length) {
            count(ring[next], -1);
        }
        ring[next] = outcome;
        count(outcome, 1);
        next = next + 1 == ring.length ? 0 : next + 1;
    }

    private void count(byte outcome, long sign) {
        calls += sign;
        failures += sign * (outcome & FAILURE);
        slow += sign * ((outcome & SLOW) >> 1);
    }

    @Override
    void slide(long now) {}

    @Override
    void clear() {
        calls = failures = slow = 0;
        next = 0;
    }

    int size() {
        return ring.length;
    }

    /** What the window holds, oldest first: {@code s}, {@code f}, and capitals for slow ones. */
    String outcomes() {
        StringBuilder letters = new StringBuilder((int) calls);
        for (int i = 0; i < calls; i++) {
            int at = (int) Math.floorMod(next - calls + i, (long) ring.length);
            letters.append(LETTERS.charAt(ring[at]));
        }
        return letters.toString();
    }
}
