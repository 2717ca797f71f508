package dev.breaker.spring.aop;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains an {@link InvalidCircuitBreakerException} in place of its stack trace. */
final class InvalidCircuitBreakerFailureAnalyzer extends AbstractFailureAnalyzer<InvalidCircuitBreakerException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidCircuitBreakerException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.action(), cause);
    }
}
