package dev.breaker.spring.redis;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A Redis server for tests, on the loopback interface and a free port that it keeps when it is started again. It never
 * outlives this JVM.
 *
 * <p>Which server that is: the binary named by the system property {@code breaker.test.redis} (a path, or a name on the
 * {@code PATH} such as {@code valkey-server}); else a container, where there is a container engine on Linux; else the
 * binary that comes with embedded-redis. The first start prints what it is.
 */
public final class RealRedis implements AutoCloseable {

    private static final AtomicBoolean announced = new AtomicBoolean();

    private final int port = freePort();

    private final String password;

    private final List<String> options;

    private final RedisRuntime runtime;

    private RealRedis(String password, List<String> options) {
        this.password = password;
        this.options = new ArrayList<>(options);
        if (!password.isEmpty()) {
            this.options.addAll(List.of("--requirepass", password));
        }
        this.runtime = RedisRuntime.create(port);
    }

    /** Starts a server without a password that forgets its data when it ends. */
    public static RealRedis start(String... options) {
        List<String> all = new ArrayList<>(List.of("--save", "", "--appendonly", "no"));
        all.addAll(List.of(options));
        return started(new RealRedis("", all));
    }

    /** Starts a server that asks for a password. */
    public static RealRedis startWithPassword(String password) {
        return started(new RealRedis(password, List.of("--save", "", "--appendonly", "no")));
    }

    /** Starts a server that still has its data after a restart, even when it was killed. */
    public static RealRedis startDurable() {
        return started(new RealRedis("", List.of("--save", "", "--appendonly", "yes", "--appendfsync", "always")));
    }

    private static RealRedis started(RealRedis redis) {
        redis.restart();
        if (announced.compareAndSet(false, true)) {
            String info = (String) redis.command("INFO", "server");
            String version = info.lines()
                    .filter(line -> line.matches("(redis|valkey)_version:.*"))
                    .reduce((first, second) -> first + ", " + second)
                    .orElse("unknown version");
            System.out.println("Redis for the tests: " + redis.runtime.describe() + ", " + version);
        }
        return redis;
    }

    public String host() {
        return "127.0.0.1";
    }

    public int port() {
        return port;
    }

    /** Empty if there is none. */
    public String password() {
        return password;
    }

    public String url() {
        return "redis://" + (password.isEmpty() ? "" : ":" + password + "@") + host() + ":" + port;
    }

    /** Starts the server again after {@link #stop} or {@link #kill}, and waits until it answers. */
    public void restart() {
        runtime.start(options);
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(10))
                .until(this::answers);
    }

    /** Ends the server in order. */
    public void stop() {
        runtime.signal("TERM");
        runtime.awaitEnd();
    }

    /** Ends the server as a crash does. */
    public void kill() {
        runtime.signal("KILL");
        runtime.awaitEnd();
    }

    /** Makes the server hang: connections stay open, and nothing is answered. */
    public void hang() {
        runtime.signal("STOP");
    }

    /** Lets a hanging server go on. */
    public void resume() {
        runtime.signal("CONT");
    }

    /** Sends a command over a connection of its own and returns the reply: String, Long, List or null. */
    public Object command(String... words) {
        try (RespConnection connection = new RespConnection(host(), port)) {
            if (!password.isEmpty()) {
                connection.command("AUTH", password);
            }
            return connection.command(words);
        } catch (IOException e) {
            throw new IllegalStateException("No answer from " + host() + ":" + port, e);
        }
    }

    @Override
    public void close() {
        runtime.close();
    }

    private boolean answers() {
        try {
            return "PONG".equals(command("PING"));
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /* A cluster's bus takes the port that is 10,000 higher. */
    private static int freePort() {
        for (int attempt = 0; attempt < 100; attempt++) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                if (socket.getLocalPort() < 55_000) {
                    return socket.getLocalPort();
                }
            } catch (IOException e) {
                throw new IllegalStateException("No free port", e);
            }
        }
        throw new IllegalStateException("No free port");
    }
}
