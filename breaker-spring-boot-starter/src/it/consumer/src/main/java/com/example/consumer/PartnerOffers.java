package com.example.consumer;

import dev.breaker.spring.annotation.CircuitBreaker;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

@Component
class PartnerOffers {
    private final RestClient partner = RestClient.create("https://partner.example");

    @CircuitBreaker(name = "partner-offers", fallbackMethod = "coldOffer")
    public String bestOffer(String customer) {
        return partner.get().uri("/offers/{customer}", customer).retrieve().body(String.class);
    }

    private String coldOffer(String customer, Throwable why) {
        return "a cold offer for " + customer;
    }
}
