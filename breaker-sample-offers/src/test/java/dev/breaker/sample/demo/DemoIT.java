package dev.breaker.sample.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The demo as a user starts, uses, ends and kills it. */
class DemoIT {

    private static final Duration PATIENCE = Duration.ofSeconds(180);

    private final int page = Ports.free();
    private final int partner = Ports.free();
    private final int first = Ports.free();
    private final int second = Ports.free();
    private final List<ProcessHandle> parts = new ArrayList<>();
    private final Queue<String> output = new ConcurrentLinkedQueue<>();
    private Process demo;

    @AfterEach
    void killAll() {
        demo.descendants().forEach(parts::add);
        demo.destroyForcibly();
        parts.forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void doesWhatIsTypedAndTellsWhatDies() throws Exception {
        startUp(first, second);

        type("partner stop");
        awaitOutput("partner      localhost:" + partner + "  stopped");
        assertThat(temperatures(first, second)).containsOnly("COLD");

        type("partner start");
        awaitOutput("partner      localhost:" + partner + "  pid ", 2);
        awaitHot(first, second);

        ProcessHandle redis = parts.stream()
                .filter(part -> part.info().command().orElse("").endsWith("redis-server"))
                .findFirst()
                .orElseThrow();
        redis.destroyForcibly();
        awaitOutput("redis (pid " + redis.pid() + ") has died. To start it again, type: redis start");
        type("redis start");
        awaitOutput("redis        localhost:", 2);

        type("make coffee");
        awaitOutput("Unknown: make coffee.");
        demo.descendants().forEach(parts::add);
        type("quit");
        assertThat(demo.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isZero();
        awaitNothingLeft();
    }

    @Test
    void goesOnWithoutATerminalAndLeavesNothingBehindWhenItIsKilled() throws Exception {
        startUp(first);

        demo.getOutputStream().close();
        awaitHot(first);
        assertThat(demo.isAlive()).isTrue();

        demo.destroyForcibly().waitFor();
        awaitNothingLeft();
    }

    @Test
    void namesThePortThatIsInUseAndTheWayOut() throws Exception {
        try (ServerSocket taken = new ServerSocket(second, 1, InetAddress.getLoopbackAddress())) {
            start("--page=" + page, "--partner=" + partner, "--offers=" + first + "," + taken.getLocalPort());

            assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(demo.exitValue()).isOne();
        awaitOutput("port " + second + " is in use");
        awaitOutput("choose other ports: --partner=8091 --offers=8090,8092");
    }

    @Test
    void namesTheOptionThatIsUnknown() throws Exception {
        start("--colour=blue");

        assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isOne();
        awaitOutput("Unknown option --colour=blue.");
    }

    @Test
    void namesTheRolesWhenItIsGivenAnUnknownOne() throws Exception {
        start("dmeo");

        assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isEqualTo(2);
        awaitOutput("Unknown role 'dmeo'. The roles are: partner, offers, demo (the default).");
    }

    private void startUp(Integer... offers) throws IOException {
        String ports = Stream.of(offers).map(String::valueOf).collect(Collectors.joining(","));
        start("--page=" + page, "--partner=" + partner, "--offers=" + ports);
        awaitOutput("http://localhost:" + page + "/");
        demo.descendants().forEach(parts::add);
        assertThat(parts).filteredOn(ProcessHandle::isAlive).hasSizeGreaterThanOrEqualTo(2 + offers.length);
        awaitHot(offers);
    }

    private void start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Dsample.leash=parent", "-jar", System.getProperty("breaker.sample.jar")));
        command.addAll(List.of(arguments));
        demo = new ProcessBuilder(command).redirectErrorStream(true).start();
        Thread reader = new Thread(this::read, "demo's output");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader lines = demo.inputReader()) {
            lines.lines().forEach(line -> {
                System.out.println("| " + line);
                output.add(line);
            });
        } catch (IOException | UncheckedIOException e) {
            output.add(e.toString());
        }
    }

    private void type(String command) throws IOException {
        Writer terminal = demo.outputWriter();
        terminal.write(command + "\n");
        terminal.flush();
    }

    private static void awaitHot(Integer... offers) {
        await("hot")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(temperatures(offers)).containsOnly("HOT"));
    }

    private static List<String> temperatures(Integer... offers) {
        return Stream.of(offers).map(DemoIT::temperature).toList();
    }

    private static String temperature(int port) {
        return new Http(port).get("/offers/anna").read("$.temperature");
    }

    private void awaitOutput(String text) {
        awaitOutput(text, 1);
    }

    private void awaitOutput(String text, int times) {
        await(text)
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(String.join("\n", output).split(Pattern.quote(text), -1))
                        .hasSizeGreaterThan(times));
    }

    private void awaitNothingLeft() {
        await("end of " + parts)
                .atMost(Duration.ofSeconds(20))
                .until(() -> parts.stream().noneMatch(DemoIT::runs));
    }

    /** A process that nobody has fetched the exit code of is dead, too, but still has a pid. */
    private static boolean runs(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }
}
