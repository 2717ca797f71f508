/** Auto-configurations and the properties behind them. */
@NullMarked
package dev.breaker.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
