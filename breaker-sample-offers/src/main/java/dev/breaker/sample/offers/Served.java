package dev.breaker.sample.offers;

import dev.breaker.sample.offers.Offer.Temperature;
import org.jspecify.annotations.Nullable;

/**
 * The offers that this instance has served since its start: what {@code GET /offers/status} tells.
 *
 * @param hot those of the partner
 * @param cold its own
 * @param failures how many of the cold ones because the partner had been asked and failed
 * @param rejected how many of the cold ones because the circuit was open, and nobody asked the partner
 * @param last the last one, null if there was none
 */
record Served(
        long hot,
        long cold,
        long failures,
        long rejected,
        @Nullable Temperature last) {}
