/** The partner: hot offers, and faults on demand. */
@NullMarked
package dev.breaker.sample.partner;

import org.jspecify.annotations.NullMarked;
