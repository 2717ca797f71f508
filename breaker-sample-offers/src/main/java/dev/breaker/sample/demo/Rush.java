package dev.breaker.sample.demo;

/**
 * What came of many requests at once.
 *
 * @param number counts from 1
 * @param requests how many there were
 * @param hot those answered with the partner's offer
 * @param cold those answered with an offer of the service's own
 * @param failed those that got no offer
 * @param reachedPartner how many of them the partner has seen, as far as it answers
 * @param millis from the first request to the last answer, in milliseconds
 */
record Rush(long number, int requests, int hot, int cold, int failed, long reachedPartner, long millis) {

    @Override
    public String toString() {
        return requests + " requests in " + millis + " ms: " + hot + " hot, " + cold + " cold, " + failed + " failed; "
                + reachedPartner + " reached the partner";
    }
}
