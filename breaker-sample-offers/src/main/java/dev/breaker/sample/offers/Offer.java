package dev.breaker.sample.offers;

/**
 * An offer to a customer.
 *
 * @param customer for whom
 * @param title what is offered
 * @param temperature where it comes from
 * @param servedBy the instance that answered
 */
record Offer(String customer, String title, Temperature temperature, String servedBy) {

    /** Where an offer comes from. */
    enum Temperature {
        /** From the partner, today's. */
        HOT,
        /** From the service's own catalogue. */
        COLD
    }
}
