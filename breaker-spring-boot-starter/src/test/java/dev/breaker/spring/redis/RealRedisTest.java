package dev.breaker.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The fixture itself: it must not leave servers behind, and must do to them what it says. */
class RealRedisTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void theServerEndsWithAJvmThatIsKilled() throws Exception {
        assertServerEndsWithItsJvm("running");
    }

    @Test
    void aHungServerEndsWithAJvmThatIsKilled() throws Exception {
        assertServerEndsWithItsJvm("hung");
    }

    @Test
    void aDurableServerStillHasItsDataAfterACrash() {
        try (RealRedis redis = RealRedis.startDurable()) {
            redis.command("SET", "key", "value");
            redis.kill();
            redis.restart();

            assertThat(redis.command("GET", "key")).isEqualTo("value");
        }
    }

    @Test
    void anyOtherServerForgetsItsData() {
        try (RealRedis redis = RealRedis.start()) {
            redis.command("SET", "key", "value");
            redis.stop();
            redis.restart();

            assertThat(redis.command("GET", "key")).isNull();
        }
    }

    @Test
    void aServerWithAPasswordAsksForIt() {
        try (RealRedis redis = RealRedis.startWithPassword("secret")) {
            assertThat(redis.url()).isEqualTo("redis://:secret@127.0.0.1:" + redis.port());
            assertThat(redis.command("PING")).isEqualTo("PONG");
        }
    }

    private static void assertServerEndsWithItsJvm(String how) throws IOException, InterruptedException {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dbreaker.test.redis=" + RedisProcess.executable().getPath(),
                        KilledJvm.class.getName(),
                        how)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        int port = readPort(jvm);
        assertThat(accepts(port)).isTrue();

        jvm.destroyForcibly().waitFor();

        await().atMost(SOON).until(() -> !accepts(port));
    }

    private static int readPort(Process jvm) throws IOException {
        var output = new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("port ")) {
                return Integer.parseInt(line.substring(5));
            }
        }
        throw new IOException("The JVM ended before its server was up");
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Starts a server and waits to be killed. */
    static final class KilledJvm {

        private KilledJvm() {}

        public static void main(String[] how) throws InterruptedException {
            RealRedis redis = RealRedis.start();
            if (how[0].equals("hung")) {
                redis.hang();
            }
            System.out.println("port " + redis.port());
            Thread.currentThread().join();
        }
    }
}
