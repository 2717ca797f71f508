package dev.breaker.spring.documentation;

import dev.breaker.ManualTicker;
import org.springframework.cache.CacheManager;

/** What the code in the pages takes for granted: the reader's own classes and fields. */
@SuppressWarnings("NullAway")
public class Surroundings {

    protected Partner partner;
    protected Partner client;
    protected Offers offers;
    protected CacheManager caches;
    protected ManualTicker ticker;
    protected boolean down;

    protected String ask() throws InterruptedException {
        throw new InterruptedException();
    }

    /** A partner that a reader calls. */
    public interface Partner {

        String get();

        String offer(String customer);

        void isDown();

        void isUp();
    }

    /** A service of a reader. */
    public interface Offers {

        Offer bestOffer(String customer);
    }

    /** What that service answers. */
    public record Offer(String temperature) {}
}
