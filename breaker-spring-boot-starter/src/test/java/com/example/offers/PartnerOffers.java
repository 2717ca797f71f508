package com.example.offers;

import dev.breaker.CallNotPermittedException;
import dev.breaker.spring.annotation.CircuitBreaker;
import java.io.IOException;
import org.springframework.stereotype.Component;

@Component
public class PartnerOffers {

    private final Partner partner;

    PartnerOffers(Partner partner) {
        this.partner = partner;
    }

    @CircuitBreaker(name = "partner-offers", fallbackMethod = "coldOffer")
    public String bestOffer(String customer) throws IOException {
        return partner.offerFor(customer);
    }

    @CircuitBreaker(name = "partner-samples", configuration = "patient")
    public String sample() throws IOException {
        return partner.offerFor("nobody in particular");
    }

    String coldOffer(String customer, CallNotPermittedException rejected) {
        return "cold, the partner was not asked";
    }

    String coldOffer(String customer, Throwable failure) {
        return "cold, after " + failure.getMessage();
    }
}
