package dev.breaker.sample.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.breaker.sample.offers.StubPartner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The offer service with the beans that were prepared when it was built. */
class AheadOfTimeIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final int redisPort = Ports.free();
    private final int offersPort = Ports.free();
    private final Queue<String> output = new ConcurrentLinkedQueue<>();
    private final Part redis = new Part("redis", redisPort, new Redis(redisPort), System.out::println);
    private final StubPartner partner = new StubPartner();
    private final Part offers = new Part("offers", offersPort, this::launchPrepared, output::add);
    private final Http http = new Http(offersPort);

    @AfterEach
    void stop() {
        List.of(offers, redis).forEach(part -> part.stop().join());
        partner.close();
        output.forEach(System.out::println);
    }

    @Test
    void servesHotAndWithoutThePartnerCold() throws InterruptedException {
        for (Part part : List.of(redis, offers)) {
            part.launch();
        }
        for (Part part : List.of(redis, offers)) {
            part.awaitListening();
        }
        assertThat(output).anyMatch(line -> line.contains("Starting AOT-processed Sample"));
        await("hot").atMost(PATIENCE).until(() -> temperature().equals("HOT"));
        await("sharing").atMost(PATIENCE).until(() -> circuit("sharing").equals("ACTIVE"));

        partner.close();
        for (int call = 0; call < 3; call++) {
            assertThat(temperature()).isEqualTo("COLD");
        }
        assertThat(circuit("state")).isEqualTo("OPEN");
        await("shared").atMost(PATIENCE).until(() -> circuit("scope").equals("CLUSTER"));
        assertThat(temperature()).isEqualTo("COLD");
    }

    private String temperature() {
        return http.get("/offers/anna").read("$.temperature");
    }

    private String circuit(String field) {
        return http.get("/offers/circuit").read("$." + field);
    }

    private Process launchPrepared() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dspring.aot.enabled=true",
                        "-Dsample.leash=input",
                        "-jar",
                        System.getProperty("breaker.sample.jar"),
                        "offers",
                        "--server.port=" + offersPort,
                        "--partner.url=http://localhost:" + partner.port(),
                        "--spring.data.redis.host=127.0.0.1",
                        "--spring.data.redis.port=" + redisPort)
                .redirectErrorStream(true)
                .start();
    }
}
