/** The operator's page: all circuits of the service in a browser. */
@NullMarked
package dev.breaker.spring.dashboard;

import org.jspecify.annotations.NullMarked;
