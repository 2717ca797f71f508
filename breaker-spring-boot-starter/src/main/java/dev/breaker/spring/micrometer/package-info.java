/** Meters of circuit breakers for Micrometer. */
@NullMarked
package dev.breaker.spring.micrometer;

import org.jspecify.annotations.NullMarked;
