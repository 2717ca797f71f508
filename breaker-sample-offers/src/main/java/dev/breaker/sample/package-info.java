/** A partner with hot offers, an offer service that serves cold ones while the partner is down, and a demo of both. */
@NullMarked
package dev.breaker.sample;

import org.jspecify.annotations.NullMarked;
