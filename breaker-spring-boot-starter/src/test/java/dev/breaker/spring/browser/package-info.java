/** A real browser for tests of what users see. */
package dev.breaker.spring.browser;
