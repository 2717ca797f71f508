/** Finds annotated methods and calls them through their circuit breakers and fallbacks. */
@NullMarked
package dev.breaker.spring.aop;

import org.jspecify.annotations.NullMarked;
