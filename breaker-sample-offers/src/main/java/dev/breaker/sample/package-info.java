/** A partner with hot offers and an offer service that serves cold ones while the partner is down. */
@NullMarked
package dev.breaker.sample;

import org.jspecify.annotations.NullMarked;
