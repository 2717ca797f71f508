/** What happens when Redis, an instance, the data or the machine fails: each test that carries {@code @Fault} is a row of RELIABILITY.md. */
package dev.breaker.spring.faults;
