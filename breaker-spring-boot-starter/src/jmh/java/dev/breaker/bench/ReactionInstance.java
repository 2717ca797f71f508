package dev.breaker.bench;

import dev.breaker.Breaker;
import dev.breaker.Permit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * One instance in a JVM of its own, which does what it reads from standard input, line by line, and answers each line:
 * {@code trip}, {@code reset}, {@code opened} or {@code closed}, and the name of a circuit; {@code send} or {@code
 * arrived}, and anything, for a bare message. Moments are those of
 * {@link System#nanoTime}, which is one clock for all processes of a Linux machine. Ends with the input.
 */
final class ReactionInstance {

    /** What a line of the protocol begins with; others may write lines of their own. */
    static final String MARK = "@";

    private final SharedInstance instance;
    private final TransitionMoments moments;
    private final Messages messages;

    private ReactionInstance(SharedInstance instance, Messages messages) {
        this.instance = instance;
        this.messages = messages;
        this.moments = new TransitionMoments(instance);
    }

    /**
     * Begins with the answer {@code ready}.
     *
     * @param args the port of Redis, and how many circuits there are
     */
    public static void main(String[] args) throws Exception {
        int port = Integer.parseInt(args[0]);
        try (SharedInstance shared = SharedInstance.start(port);
                Messages messages = new Messages(port)) {
            ReactionInstance instance = new ReactionInstance(shared, messages);
            for (int i = 0; i < Integer.parseInt(args[1]); i++) {
                awaitExchange(shared.breaker("circuit-" + i));
            }
            instance.moments.awaitSubscription();
            answer("ready");
            instance.obey(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
        }
    }

    private static void awaitExchange(Breaker breaker) throws InterruptedException {
        while (breaker.snapshot().staleness() == null) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private void obey(BufferedReader orders) throws Exception {
        for (String line; (line = orders.readLine()) != null; ) {
            String[] words = line.split(" ", -1);
            answer(
                    switch (words[0]) {
                        case "trip" -> trip(instance.breaker(words[1]));
                        case "reset" -> reset(instance.breaker(words[1]));
                        case "opened" -> moments.of(words[1]).opened();
                        case "closed" -> moments.of(words[1]).closed();
                        case "send" -> "" + messages.send();
                        case "arrived" -> "" + messages.arrival();
                        default -> throw new IllegalArgumentException("Unknown order: " + line);
                    });
        }
    }

    /* The moment before the last failure is reported, the moment after the next call, and whether that was rejected. */
    private static String trip(Breaker breaker) {
        int calls = breaker.config().minimumNumberOfCalls();
        for (int i = 1; i < calls; i++) {
            permit(breaker).failure(new IOException("down"), 0);
        }
        Permit last = permit(breaker);
        long failed = System.nanoTime();
        last.failure(new IOException("down"), 0);
        boolean rejects = breaker.tryAcquire() == null;
        return failed + " " + System.nanoTime() + " " + rejects;
    }

    private static Permit permit(Breaker breaker) {
        return Objects.requireNonNull(breaker.tryAcquire(), "The circuit is open already.");
    }

    private static String reset(Breaker breaker) {
        breaker.reset("next trip", "bench");
        return "done";
    }

    private static void answer(String text) {
        System.out.println(MARK + text);
        System.out.flush();
    }
}
