package dev.breaker.spring.redis;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A master with a replica, and one sentinel that puts the replica in the master's place soon after that is gone. */
public final class RealSentinel implements AutoCloseable {

    /** What the master is called. */
    public static final String MASTER = "offers";

    private final RealRedis master;
    private final RealRedis replica;
    private final RedisProcess sentinel;
    private final int port;

    private RealSentinel(Path directory) throws IOException {
        master = RealRedis.start();
        replica = RealRedis.start("--replicaof", master.host(), "" + master.port());
        port = freePort();
        sentinel = new RedisProcess(port);
        Path file = directory.resolve("sentinel.conf");
        Files.writeString(file, """
                sentinel monitor %1$s 127.0.0.1 %2$d 1
                sentinel down-after-milliseconds %1$s 500
                sentinel failover-timeout %1$s 2000
                """.formatted(MASTER, master.port()));
        sentinel.start(List.of(file.toString(), "--sentinel"));
    }

    /** Starts all three; keeps the sentinel's file in a directory. */
    public static RealSentinel start(Path directory) throws IOException {
        RealSentinel all = new RealSentinel(directory);
        await().atMost(Duration.ofSeconds(30)).until(all::knowsTheReplica);
        return all;
    }

    private boolean knowsTheReplica() {
        try {
            return ask("SENTINEL", "REPLICAS", MASTER).toString().contains("" + replica.port());
        } catch (IOException notYet) {
            return false;
        }
    }

    private Object ask(String... words) throws IOException {
        try (RespConnection connection = new RespConnection("127.0.0.1", port)) {
            return connection.command(words);
        }
    }

    /** {@code host:port} of the sentinel. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** Ends the master as a crash does. */
    public void killMaster() {
        master.kill();
    }

    /** Whether what was the replica is the master now. */
    public boolean hasFailedOver() {
        return ((String) replica.command("INFO", "replication")).contains("role:master");
    }

    @Override
    public void close() {
        sentinel.close();
        master.close();
        replica.close();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
