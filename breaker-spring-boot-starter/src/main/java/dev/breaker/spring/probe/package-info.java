/** Makes health probes of the beans that properties name. */
@NullMarked
package dev.breaker.spring.probe;

import org.jspecify.annotations.NullMarked;
