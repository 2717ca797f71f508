/** Shares circuit breakers through Redis. */
@NullMarked
package dev.breaker.spring.redis;

import org.jspecify.annotations.NullMarked;
