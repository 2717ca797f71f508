package dev.breaker.bench;

import java.util.List;
import java.util.SortedMap;
import tools.jackson.databind.JsonNode;

/** Measurements of one kind: what they find, and what the page says of it. */
interface Suite {

    /** One word, which chooses the suite on the command line and names its files. */
    String name();

    /** Heading of its section. */
    String title();

    /** Measures. The rows are kept as they are, so that the page can be written again without another measurement. */
    JsonNode measure() throws Exception;

    /** What was promised of the things measured, and whether one run kept it. */
    List<Budget> budgets(Run run);

    /**
     * Writes its section, below the heading.
     *
     * @param runs the last one on each Java version, at least one
     */
    void describe(SortedMap<Integer, Run> runs, Page page);
}
