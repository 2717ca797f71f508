package dev.breaker.spring.aop;

/** A {@code @CircuitBreaker} annotation cannot work as it is written. */
final class InvalidCircuitBreakerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * @param problem attribute, value, method and rule
     * @param action what to write instead
     */
    InvalidCircuitBreakerException(String problem, String action) {
        super(problem);
        this.action = action;
    }

    String action() {
        return action;
    }
}
