package dev.breaker.bench;

import tools.jackson.databind.JsonNode;

/**
 * What a suite found, where, when and how.
 *
 * @param date when it began, an ISO date
 * @param command what repeats it
 * @param java feature version of the JVM
 * @param rows as the suite wrote them
 */
record Run(Machine machine, String date, String command, int java, JsonNode rows) {}
