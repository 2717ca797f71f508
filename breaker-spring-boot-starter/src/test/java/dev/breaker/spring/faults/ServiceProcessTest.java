package dev.breaker.spring.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.spring.redis.RealRedis;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The fixture itself: it must not leave processes behind. */
class ServiceProcessTest {

    @Test
    void aPausedServiceEndsWithAJvmThatIsKilled() throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            Process jvm = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            KilledJvm.class.getName(),
                            "" + redis.port())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var output = new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
            ProcessHandle service =
                    ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
            assertThat(service.isAlive()).isTrue();

            jvm.destroyForcibly().waitFor();

            await().atMost(Duration.ofSeconds(20)).until(() -> !service.isAlive());
        }
    }

    /** Starts a service, pauses it and waits to be killed. */
    static final class KilledJvm {

        private KilledJvm() {}

        public static void main(String[] port) throws InterruptedException {
            ServiceProcess service =
                    ServiceProcess.launch("spring.data.redis.port=" + port[0]).awaitStarted();
            service.pause();
            System.out.println(service.pid());
            Thread.currentThread().join();
        }
    }
}
