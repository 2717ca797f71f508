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

    private static final long SHORTEST_PAUSE = 50;

    private static final long LONGEST_PAUSE = 1_000;

    private static final long MOMENT = 100;

    private final RedisConnectionFactory factory;

    private final String channel;

    private final Announcements announcements;

    private final Runnable established;

    private final CountDownLatch end = new CountDownLatch(1);

    private final Thread thread = new Thread(this::run, "breaker-redis-subscription");

    /** How to end the call in which the thread sits, if the driver is one that blocks. */
    private volatile @Nullable Runnable unblock;

    private volatile boolean confirmed;

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
        thread.setDaemon(true);
        thread.start();
    }

    /** Waits for a moment only: a thread that hangs in a read ends with its connection. */
    @Override
    public void close() {
        end.countDown();
        try {
            Runnable blocking = unblock;
            if (blocking != null) {
                blocking.run();
            }
            thread.join(MOMENT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.debug("Cannot unsubscribe: {}", RedisStoreException.reason(e));
        }
    }

    private void run() {
        long pause = SHORTEST_PAUSE;
        try {
            while (end.getCount() > 0) {
                confirmed = false;
                attempt();
                pause = confirmed ? SHORTEST_PAUSE : Math.min(LONGEST_PAUSE, pause * 2);
                if (end.await(pause, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void attempt() throws InterruptedException {
        try (RedisConnection connection = factory.getConnection()) {
            if (Drivers.JEDIS && JedisChannel.supports(connection)) {
                JedisChannel jedis = new JedisChannel(announcements::received, this::confirm);
                unblock = jedis::stop;
                jedis.listen(connection, channel);
            } else {
                listen(connection);
            }
        } catch (RuntimeException e) {
            report(RedisStoreException.reason(e));
        } finally {
            unblock = null;
        }
    }

    /* Lettuce returns at once, and renews the subscription by itself. */
    private void listen(RedisConnection connection) throws InterruptedException {
        connection.subscribe(new Listener(), channel.getBytes(StandardCharsets.UTF_8));
        while (connection.isSubscribed()) {
            if (end.await(LONGEST_PAUSE, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    private void confirm() {
        confirmed = true;
        established.run();
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

        @Override
        public void onMessage(Message message, byte @Nullable [] pattern) {
            announcements.received(message.getBody());
        }

        @Override
        public void onChannelSubscribed(byte[] subscribed, long count) {
            confirm();
        }
    }
}
