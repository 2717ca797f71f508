package dev.breaker.sample.offers;

import dev.breaker.BreakerRegistry;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Offers for customers; the circuit behind them and a count of what was served for the curious. */
@RestController
@RequestMapping("/offers")
class OffersController {

    private final PartnerOffers offers;
    private final ServedOffers served;
    private final BreakerRegistry breakers;

    OffersController(PartnerOffers offers, ServedOffers served, BreakerRegistry breakers) {
        this.offers = offers;
        this.served = served;
        this.breakers = breakers;
    }

    @GetMapping("/{customer}")
    Offer offer(@PathVariable String customer) {
        return offers.bestOffer(customer);
    }

    @GetMapping("/circuit")
    Circuit circuit() {
        return Circuit.of(breakers.breaker(PartnerOffers.CIRCUIT).snapshot());
    }

    @GetMapping("/status")
    Served status() {
        return served.counts();
    }
}
