package dev.breaker.sample.demo;

/** The demo cannot do what it is asked to; the message says why, and the way out. */
final class DemoException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DemoException(String message) {
        super(message);
    }
}
