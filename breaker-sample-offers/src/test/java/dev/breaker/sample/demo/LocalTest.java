package dev.breaker.sample.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocalTest {

    private final int port = Ports.free();
    private final Part part = new Part("cat", port, () -> new ProcessBuilder("cat").start(), System.out::println);

    @AfterEach
    void stop() {
        part.kill();
    }

    @Test
    void givesUpAnAnswerThatBeginsAndNeverEnds() throws Exception {
        part.launch();
        try (ServerSocket server = new ServerSocket(port, 5, InetAddress.getLoopbackAddress())) {
            part.awaitListening();
            server.accept().close();
            var answer = new Local().get(part, "/", Duration.ofMillis(200));
            try (Socket asked = server.accept()) {
                begin(asked);

                assertThat(answer).succeedsWithin(Duration.ofSeconds(20)).isNull();
            }
        }
    }

    private static void begin(Socket asked) throws IOException {
        String head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{";
        asked.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    }
}
