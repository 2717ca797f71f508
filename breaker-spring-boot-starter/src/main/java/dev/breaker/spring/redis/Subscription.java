package dev.breaker.spring.redis;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.connection.Message;
import org.springframework.data.redis.connection.MessageListener;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.SubscriptionListener;

/**
 * Keeps one subscription alive from a daemon thread of its own. Spring Data's listener container is not used because it logs
 * every failed attempt as an error, gives up when Lettuce cannot connect at first, and needs threads per message.
 */
final class Subscription implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Subscription.class);

    private static final long LONGEST_PAUSE = 1_000;

    private final RedisConnectionFactory factory;

    private final String channel;

    private final Announcements announcements;

    private final Runnable established;

    private final CountDownLatch end = new CountDownLatch(1);

    private volatile @Nullable RedisConnection connection;

    private boolean refusalReported;

    /**
     * @param established called whenever the server has confirmed the subscription; must not block
     */
    Subscription(RedisConnectionFactory factory, String channel, Announcements announcements, Runnable established) {
        this.factory = factory;
        this.channel = channel;
        this.announcements = announcements;
        this.established = established;
    }

    void start() {
        Thread thread = new Thread(this::run, "breaker-redis-subscription");
        thread.setDaemon(true);
        thread.start();
    }

    /** Does not wait: a thread that hangs in a read ends with its connection. */
    @Override
    public void close() {
        end.countDown();
        RedisConnection current = connection;
        var subscription = current == null ? null : current.getSubscription();
        if (subscription != null) {
            try {
                subscription.close();
            } catch (RuntimeException e) {
                log.debug("Cannot unsubscribe: {}", RedisStoreException.reason(e));
            }
        }
    }

    private void run() {
        long pause = 50;
        try {
            while (end.getCount() > 0) {
                pause = attempt() ? 50 : Math.min(LONGEST_PAUSE, pause * 2);
                if (end.await(pause, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean attempt() throws InterruptedException {
        Listener listener = new Listener();
        try (RedisConnection current = factory.getConnection()) {
            connection = current;
            /* Jedis blocks here until the subscription ends; Lettuce returns, and renews it by itself. */
            current.subscribe(listener, channel.getBytes(StandardCharsets.UTF_8));
            while (current.isSubscribed()) {
                if (end.await(LONGEST_PAUSE, TimeUnit.MILLISECONDS)) {
                    break;
                }
            }
        } catch (RuntimeException e) {
            report(RedisStoreException.reason(e));
        } finally {
            connection = null;
        }
        return listener.confirmed;
    }

    private void report(String reason) {
        if (reason.startsWith("NOPERM") && !refusalReported) {
            refusalReported = true;
            log.warn(
                    "Transitions of other instances are learnt by polling only: cannot subscribe to '{}': {}",
                    channel,
                    reason);
        } else {
            log.debug("Cannot subscribe to '{}': {}", channel, reason);
        }
    }

    private final class Listener implements MessageListener, SubscriptionListener {

        private volatile boolean confirmed;

        @Override
        public void onMessage(Message message, byte @Nullable [] pattern) {
            announcements.received(message.getBody());
        }

        @Override
        public void onChannelSubscribed(byte[] subscribed, long count) {
            confirmed = true;
            established.run();
        }
    }
}
