/** The offer service: the partner's hot offers through a circuit breaker, its own cold ones otherwise. */
@NullMarked
package dev.breaker.sample.offers;

import org.jspecify.annotations.NullMarked;
