/** Health and endpoints of the application's circuit breakers. */
@NullMarked
package dev.breaker.spring.actuate;

import org.jspecify.annotations.NullMarked;
