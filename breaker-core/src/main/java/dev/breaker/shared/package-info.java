/** What a store has to offer for the instances of a service to share their circuit breakers. */
@NullMarked
package dev.breaker.shared;

import org.jspecify.annotations.NullMarked;
