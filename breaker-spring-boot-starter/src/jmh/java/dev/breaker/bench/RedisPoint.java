package dev.breaker.bench;

/**
 * One measurement of what sharing costs.
 *
 * @param callsPerSecond calls of all instances and circuits together, evenly spread at random
 * @param instances registries, each with connections of its own
 * @param breakers circuits of each instance, the same ones on all
 */
record RedisPoint(Behaviour behaviour, int callsPerSecond, int instances, int breakers) {

    /** What the calls do. The circuits open at a failure rate of 50 %. */
    enum Behaviour {
        HEALTHY("healthy", 0),
        IDLE("no calls", 0),
        FEW_FAILURES("10 % fail", 10),
        HALF_WAY("40 % fail", 40),
        OPEN("open, all rejected", 0);

        private final String words;
        private final int failurePercent;

        Behaviour(String words, int failurePercent) {
            this.words = words;
            this.failurePercent = failurePercent;
        }

        String words() {
            return words;
        }

        int failurePercent() {
            return failurePercent;
        }
    }

    static RedisPoint healthy(int callsPerSecond, int instances, int breakers) {
        return new RedisPoint(Behaviour.HEALTHY, callsPerSecond, instances, breakers);
    }

    int circuits() {
        return instances * breakers;
    }

    /** What the model says. */
    double predicted(CommandModel model) {
        double each = (double) callsPerSecond / circuits();
        CommandModel.Traffic traffic = switch (behaviour) {
            case HEALTHY, FEW_FAILURES, HALF_WAY ->
                new CommandModel.Traffic(each, each * behaviour.failurePercent / 100, behaviour == Behaviour.HALF_WAY);
            /* A rejection is nothing that others must know. */
            case IDLE, OPEN -> CommandModel.Traffic.NONE;
        };
        return circuits() * model.perCircuit(traffic) + model.reports(instances);
    }
}
