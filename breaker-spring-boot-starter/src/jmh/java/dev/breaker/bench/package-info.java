/** Measures what a circuit breaker costs, and writes what it finds as a page with tables and charts. */
@NullMarked
package dev.breaker.bench;

import org.jspecify.annotations.NullMarked;
