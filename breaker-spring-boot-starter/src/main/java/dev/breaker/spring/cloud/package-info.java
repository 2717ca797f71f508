/** Lets Spring Cloud, and so OpenFeign, Gateway and HTTP services, make its calls through the application's circuits. */
@NullMarked
package dev.breaker.spring.cloud;

import org.jspecify.annotations.NullMarked;
