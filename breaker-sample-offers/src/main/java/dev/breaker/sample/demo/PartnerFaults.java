package dev.breaker.sample.demo;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells the partner how to misbehave.
 *
 * @param partner the partner
 * @param local how to ask it
 */
record PartnerFaults(Part partner, Local local) {

    private static final String PATH = "/partner/faults";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /**
     * Changes one fault and leaves the others.
     *
     * @param fault its name
     * @param value its value
     * @return what the faults are now, in one line
     */
    String set(String fault, int value) {
        @Nullable JsonNode now = local.get(partner, PATH, PATIENCE).join();
        if (!(now instanceof ObjectNode faults)) {
            throw new DemoException("The partner does not answer; start it first: partner start");
        }
        faults.put(fault, value);
        JsonNode set = local.post(partner, PATH, faults.toString(), PATIENCE).join();
        if (set == null) {
            throw new DemoException("The partner refuses " + fault + " " + value
                    + ": it fails 0 to 100 percent, and delays 0 to 60000 ms.");
        }
        return "partner      fails " + set.path("failRate").asInt() + " %, answers after "
                + set.path("delayMs").asInt() + " ms";
    }
}
