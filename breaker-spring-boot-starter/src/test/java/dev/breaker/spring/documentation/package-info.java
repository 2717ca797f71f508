/** Attacks what the pages say: code, settings, answers, links and figures. */
package dev.breaker.spring.documentation;
