package dev.breaker.sample.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.jayway.jsonpath.DocumentContext;
import dev.breaker.sample.Sample;
import dev.breaker.sample.demo.MonitororTile.Look;
import dev.breaker.spring.browser.RealBrowser;
import dev.breaker.spring.browser.Tab;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The demo's page, what it can be told, the walk through its story and the tiles of monitoror, in one run of the demo. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DemoPageIT {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static final int PAGE = Ports.free();
    private static final int PARTNER = Ports.free();
    private static final int FIRST = Ports.free();
    private static final int SECOND = Ports.free();
    private static final Http HTTP = new Http(PAGE);

    private static Demo demo;

    @BeforeAll
    static void start() throws InterruptedException {
        demo = new Demo(Sample.class, new Options(PAGE, PARTNER, List.of(FIRST, SECOND), null, 2));
        demo.start();
    }

    @AfterAll
    static void stop() {
        demo.stop();
    }

    @BeforeEach
    void everythingIsWell() throws Exception {
        for (String part : List.of("redis", "partner", "offers-" + FIRST, "offers-" + SECOND)) {
            assertThat(run(part + " start").statusCode()).isEqualTo(200);
        }
        run("customers off");
        run("partner fails 0");
        await("hot, shared")
                .atMost(PATIENCE)
                .until(() -> List.of(FIRST, SECOND).stream().allMatch(DemoPageIT::isWell));
    }

    private static boolean isWell(int port) {
        return new Http(port).get("/offers/anna").read("$.temperature").equals("HOT")
                && new Http(port).get("/offers/circuit").read("$.state").equals("CLOSED")
                && new Http(port).get("/offers/circuit").read("$.sharing").equals("ACTIVE");
    }

    @Test
    void isTrueToTheWalkInTheDocumentation() throws Exception {
        List<Walk.Step> steps = Walk.steps();

        assertThat(steps).hasSizeGreaterThan(10);
        for (Walk.Step step : steps) {
            walk(step);
        }
    }

    /** What only asks is asked again until the answer is there: it takes a moment until all have heard. */
    private static void walk(Walk.Step step) throws Exception {
        String commands = here(step.commands());
        if (Curl.parse(commands).asks()) {
            await(commands).atMost(PATIENCE).untilAsserted(() -> assertAnswer(commands, step));
        } else {
            assertAnswer(commands, step);
        }
    }

    private static void assertAnswer(String commands, Walk.Step step) throws Exception {
        String answer = Curl.run(commands);
        // Only now: a command may have added a service.
        Walk.Step expected = new Walk.Step(commands, here(step.answer()));
        assertThat(expected.isAnsweredBy(answer))
                .as("%s%n%s%nrather than%n%s", commands, answer, expected.answer())
                .isTrue();
    }

    /** The same with the ports of this run. */
    private static String here(String text) {
        List<Part> offers = demo.parts().offers();
        return text.replaceAll("\\b8079\\b", "" + PAGE)
                .replaceAll("\\b8081\\b", "" + PARTNER)
                .replaceAll("\\b8083\\b", "" + offers.get(offers.size() - 1).port())
                .replaceAll("\\b8080\\b", "" + FIRST)
                .replaceAll("\\b8082\\b", "" + SECOND);
    }

    /** The last, so that nothing need be started again after it. */
    @Test
    @Order(Integer.MAX_VALUE)
    void answersWhatTheTilesOfMonitororNeed() throws Exception {
        List<MonitororTile> tiles = MonitororTile.in(here(Walk.read(Path.of("monitoror.json"))));
        assertThat(looks(tiles)).hasSizeGreaterThan(6).allMatch(Look::green);

        run("partner fails 100");
        run("send 20");
        await("red")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(looks(tiles))
                        .contains(
                                look("Partner", true, ""),
                                look("Partner fails, percent", false, "100"),
                                look("offers-8080", false, "COLD"),
                                look("offers-8080 circuit", false, "OPEN"),
                                look("offers-8082", false, "COLD"),
                                look("offers-8082 circuit", false, "OPEN"),
                                look("offers-8082 shares", true, "ACTIVE")));

        run("partner stop");
        run("redis stop");
        run("send 20");
        await("redder")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(looks(tiles))
                        .contains(look("Partner", false, "unable to get"))
                        .noneMatch(Look::green));
    }

    private static Look look(String label, boolean green, String value) {
        return new Look(here(label), green, value);
    }

    private static List<Look> looks(List<MonitororTile> tiles) throws InterruptedException {
        List<Look> looks = new ArrayList<>();
        for (MonitororTile tile : tiles) {
            looks.add(tile.look());
        }
        return looks;
    }

    @Test
    void letsCustomersInAndShowsThemOnThePageAndInTheTerminal() throws Exception {
        int before = HTTP.get("/demo/scene").read("$.services[0].status.hot");

        assertThat(run("customers on").body()).startsWith("customers    one a second");

        await("hot")
                .atMost(PATIENCE)
                .until(() -> HTTP.get("/demo/scene").<Integer>read("$.services[0].status.hot") > before);
        DocumentContext scene = HTTP.get("/demo/scene");
        assertThat(scene.<Boolean>read("$.customers")).isTrue();
        assertThat(scene.<List<String>>read("$.lines[*].text"))
                .contains("customers    one a second for each offer service");
        int last = scene.read("$.lines[-1].number");
        assertThat(HTTP.get("/demo/scene?seen=" + last).<List<Object>>read("$.lines"))
                .isEmpty();
    }

    @Test
    void countsAmongARushNoCustomerWhoComesByChance() {
        Customers others = new Customers(demo.parts(), new Local(), Duration.ofMillis(2));
        others.letIn(true);

        Rush first = others.rush(20);
        Rush second = others.rush(20);
        others.letIn(false);

        assertThat(List.of(first, second)).extracting(Rush::number).containsExactly(1L, 2L);
        assertThat(List.of(first, second)).extracting(Rush::reachedPartner).allMatch(reached -> reached <= 20);
        assertThat(first.reachedPartner()).isPositive();
    }

    @Test
    void tellsTheStoryClickByClickAndGoesOnWithItWhenItIsLoadedAnew() {
        Tab page = RealBrowser.shared().tab().hurry(5).open("http://localhost:" + PAGE + "/");

        page.await("document.querySelectorAll('#steps li').length === 8");
        for (int step = 0; step < 8; step++) {
            awaitNews(page);
            assertThat(page.count("#steps li.done")).isEqualTo(step);
            page.click("#steps button");
            page.await("document.querySelectorAll('#steps li.done').length === " + (step + 1), PATIENCE);
            if (step == 3) {
                page.reload().awaitText("#steps li.next", "Freeze Redis");
            }
        }

        page.awaitText("#rush-text", "100 requests in ").awaitText("#terminal", "redis        localhost:");
        page.click("#again").awaitText("#steps li.next", "Stop the partner");
        assertThat(page.errors()).isEmpty();
        page.close();
    }

    /** Waits until the page has asked once more. */
    private static void awaitNews(Tab page) {
        page.await("scene");
        page.evaluate("window.known = scene; null");
        page.await("scene !== window.known");
    }

    @Test
    void servesAPageThatFetchesNothingFromElsewhere() throws Exception {
        HttpResponse<String> page = CLIENT.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + PAGE + "/"))
                        .build(),
                BodyHandlers.ofString());

        String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
        assertThat(policy).startsWith("default-src 'none'; connect-src 'self';").doesNotContain("unsafe");
        String nonce = policy.replaceAll(".*script-src 'nonce-([^']+)'.*", "$1");
        assertThat(page.body())
                .contains("<script nonce=\"" + nonce + "\">", "<style nonce=\"" + nonce + "\">")
                .doesNotContainPattern("(src|href)=\"(https?:)?//")
                .doesNotContain("{{", "@import", "url(", " style=", " onclick=");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "make coffee             | Unknown: make coffee. There is: <part> stop",
                "coffee start            | Unknown: coffee start.",
                "send 0                  | Unknown: send 0.",
                "partner fails 101       | The partner refuses failRate 101",
                "offers-1 stop           | a part is one of redis, partner, offers-",
                "partner freeze          | Unknown: partner freeze.",
                "quit                    | Unknown: quit.",
            })
    void refusesWhatItCannotDoAndSaysWhy(String command, String reason) throws Exception {
        HttpResponse<String> answer = run(command);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains(reason);
    }

    @Test
    void takesNoCommandFromAnotherSitesPage() throws Exception {
        HttpResponse<String> answer = CLIENT.send(command("partner stop").build(), BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("needs the header X-Demo");
        assertThat(HTTP.get("/demo/scene").<String>read("$.partner.condition")).isEqualTo("UP");
    }

    @ParameterizedTest
    @CsvSource({
        "8079, /",
        "8079, /demo/scene",
        "8081, /partner/faults",
        "8080, /offers/circuit",
        "8082, /actuator/breakers",
    })
    void isNoOtherHostThanThisMachine(String documented, String path) throws IOException {
        int port = Integer.parseInt(here(documented));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String request =
                    "GET " + path + " HTTP/1.1\r\nHost: evil.example:" + port + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 403 ")
                    .endsWith("This is the demo of localhost, not of another host.\n");
        }
    }

    private static HttpRequest.Builder command(String command) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + PAGE + "/demo/commands"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("command=" + command));
    }

    private static HttpResponse<String> run(String command) throws IOException, InterruptedException {
        return CLIENT.send(command(command).header("X-Demo", "test").build(), BodyHandlers.ofString());
    }
}
