package dev.breaker.spring.aop.hidden;

import dev.breaker.spring.annotation.CircuitBreaker;

/** A public class that inherits a public method from one that is not. */
public class Visible extends Hidden {}

@SuppressWarnings("UnusedMethod")
class Hidden {

    @CircuitBreaker(name = "hidden", fallbackMethod = "cold")
    public String hot(String sku) {
        return "hot " + sku;
    }

    private String cold(String sku) {
        return "cold " + sku;
    }
}
