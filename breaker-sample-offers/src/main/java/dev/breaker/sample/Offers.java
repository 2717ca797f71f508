package dev.breaker.sample;

/** Starts the sample. */
public final class Offers {

    private Offers() {}

    /**
     * Says that the sample runs and waits until it is interrupted.
     *
     * @param args ignored
     */
    public static void main(String[] args) throws InterruptedException {
        System.out.println("Offers are running; Ctrl-C ends them.");
        Thread.sleep(60_000);
    }
}
