package dev.breaker.sample.offers;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The role {@code offers}. */
@SpringBootApplication
public class OffersApplication {}
