/** A circuit breaker that decides every call from memory and may share its state with other instances. */
@NullMarked
package dev.breaker;

import org.jspecify.annotations.NullMarked;
