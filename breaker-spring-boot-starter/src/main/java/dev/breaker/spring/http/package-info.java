/** What the exceptions of Spring's HTTP clients say about the partner. */
@NullMarked
package dev.breaker.spring.http;

import org.jspecify.annotations.NullMarked;
