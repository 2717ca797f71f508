/** The demo: Redis, a partner and two offer services, each a process of its own, in one terminal. */
@NullMarked
package dev.breaker.sample.demo;

import org.jspecify.annotations.NullMarked;
