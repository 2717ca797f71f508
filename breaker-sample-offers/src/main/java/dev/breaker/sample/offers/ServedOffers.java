package dev.breaker.sample.offers;

import dev.breaker.sample.offers.Offer.Temperature;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Counts the offers that this instance serves. Safe for use by several threads. */
@Component
class ServedOffers {

    private long hot;
    private long failures;
    private long rejected;
    private @Nullable Temperature last;

    synchronized void hot() {
        hot++;
        last = Temperature.HOT;
    }

    synchronized void coldAfterFailure() {
        failures++;
        last = Temperature.COLD;
    }

    synchronized void coldWithoutAsking() {
        rejected++;
        last = Temperature.COLD;
    }

    synchronized Served counts() {
        return new Served(hot, failures + rejected, failures, rejected, last);
    }
}
