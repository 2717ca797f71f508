package dev.breaker.spring.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.Breaker;
import dev.breaker.BreakerSnapshot.ActiveOverride;
import dev.breaker.BreakerState;
import dev.breaker.spring.browser.RealBrowser;
import dev.breaker.spring.browser.Tab;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page as an operator uses it: in a real browser. */
class DashboardPageTest {

    private final Tab tab = RealBrowser.shared().tab().hurry(5);
    private static Service shared;

    private Service service = shared.anew();

    @BeforeAll
    static void start() {
        shared = new Service();
    }

    @AfterAll
    static void stop() {
        shared.close();
    }

    @AfterEach
    void noScriptFailed() {
        if (service != shared) {
            service.close();
        }
        tab.close();
        assertThat(tab.errors()).isEmpty();
    }

    /** Of its own, for what would disturb others. */
    private void use(Service another) {
        service = another;
    }

    private Tab openPage() {
        return tab.open(service.page()).awaitText("#live-state", "Live");
    }

    private Breaker circuit(String name) {
        return service.registry.breaker(name);
    }

    private static String row(int place) {
        return ".row:nth-child(" + place + ") ";
    }

    private void awaitAnswers(int answers) {
        tab.evaluate("window.answers = performance.getEntriesByType('resource').length");
        tab.await("performance.getEntriesByType('resource').length >= window.answers + " + answers);
    }

    @Nested
    class Showing {

        @Test
        void opensACircuitBeforeTheReadersEyes() {
            service.succeed("aardvark", 5);
            service.succeed("partner", 5);
            openPage().awaitText(row(2), "partner");
            tab.evaluate("window.partner = document.querySelectorAll('.row')[1]; true");

            service.fail("partner", 3);

            tab.awaitText(row(1), "Open").awaitText(row(1), "partner");
            assertThat(tab.evaluate("window.partner === document.querySelector('.row')")
                            .asBoolean())
                    .as("the row is changed in place")
                    .isTrue();
            assertThat(tab.text(row(1))).contains("probes in 30 s", "3 failures in a row");
            assertThat(tab.evaluate("document.title").asString()).isEqualTo("(1 open) offers – Breaker");
            assertThat(tab.evaluate("document.getElementById('announcer').textContent")
                            .asString())
                    .isEqualTo("partner is open.");
            assertThat(tab.text("#transitions li"))
                    .contains("partner", "Closed", "Open", "3 failures in a row", "just now");
            assertThat(tab.text("[data-filter=OPEN]")).contains("1");
        }

        @Test
        void showsCallsRejectionsAndFallbacksPerSecond() {
            service.fail("partner", 3);
            openPage().awaitText(row(1), "partner");
            tab.await("document.querySelector('.rejections b').textContent === '0'");

            service.reject("partner", 40);

            tab.await("Number(document.querySelector('.rejections b').textContent) > 0");
            tab.await("Number(document.querySelector('.answers b').textContent) > 0");
            assertThat(tab.evaluate("document.querySelector('.chart .rejected').getAttribute('d')")
                            .asString())
                    .isNotEmpty();
        }

        @Test
        void showsWhoIsProbingAHalfOpenCircuit() {
            service.fail("partner", 3);
            service.after(Duration.ofSeconds(31));
            assertThat(circuit("partner").tryAcquire()).isNotNull();
            service.after(Duration.ofSeconds(1));

            openPage().awaitText(row(1), "Half-open");

            assertThat(tab.text(row(1))).contains("1 of 5 probes running, 0 succeeded, 0 failed");
        }

        @Test
        void showsOverridesWithWhoWhyAndUntilWhen() {
            circuit("partner").disable("no alternative tonight", "anna", Duration.ofMinutes(90));
            openPage().click(row(1) + ".summary").awaitText(".facts", "no alternative tonight");

            assertThat(tab.text(row(1))).contains("Disabled", "ends in 1 h 30 min");
            assertThat(tab.text(".facts"))
                    .contains("Disabled by anna, just now", "in 1 h 30 min", "50 % failures or 3 in a row");
        }

        @Test
        void saysThatTheStoreIsAwayAndWhenItIsBack() {
            use(new Service());
            service.succeed("partner", 1);
            openPage().awaitText("#store", "Store answers");

            service.storeIsAway.set(true);
            service.after(Duration.ofSeconds(12));

            tab.awaitText("#store", "Store away").awaitText("#away", "does not answer");
            assertThat(tab.text("#store-note")).endsWith("s ago");
            assertThat(tab.text("#transitions li")).contains("The store does not answer", "connection refused");

            service.storeIsAway.set(false);
            service.after(Duration.ofMinutes(1));
            tab.awaitText("#store", "Store answers").awaitText("#transitions li", "The store answers again");
            assertThat(tab.isVisible("#away")).isFalse();
        }

        @Test
        void saysThatTheServiceDoesNotAnswer() {
            use(new Service());
            service.succeed("partner", 1);
            openPage().awaitText(row(1), "partner");

            service.close();

            tab.awaitText("#live", "No answer").awaitText("#trouble", "it cannot be reached");
            tab.awaitText("#trouble", "What you see is");
            assertThat(tab.text("[role=alert]")).as("said anew when it changes").doesNotContain("What you see is");
            assertThat(tab.isVisible("#retry")).isTrue();
            assertThat(tab.text(row(1))).contains("partner");
        }

        @Test
        void saysWhatTheServiceAnswersInPlaceOfData() {
            openPage();
            tab.evaluate("fetch = () => Promise.resolve(new Response('{\"error\": \"no rights\"}', {status: 403}))");
            tab.awaitText(
                    "#trouble", "The service answered 403. Your rights do not allow this, or the session has ended.");
            assertThat(tab.text("#trouble")).contains("XSRF-TOKEN", "no rights.");
        }

        @Test
        void saysThatThereIsNoCircuitYet() {
            openPage().awaitText("#empty", "There is no circuit yet");
        }
    }

    @Nested
    class Deciding {

        @Test
        void forcesACircuitOpenWithAReasonAndAnEndAndReleasesIt() {
            service.succeed("partner", 1);
            openPage().click(row(1) + ".summary").click("[data-action=forceOpen]");
            assertThat(tab.text("#decision-title")).isEqualTo("Force open: partner");

            tab.click("#decision-submit");
            assertThat(tab.isVisible("#reason-missing")).isTrue();
            assertThat(circuit("partner").state()).isEqualTo(BreakerState.CLOSED);

            tab.type("maintenance until ten").click("#decision [value='1h']");
            tab.click("#actor").type("anna").click("#decision-submit");

            tab.awaitText(row(1), "Forced open").awaitText(row(1), "anna: maintenance until ten");
            ActiveOverride override = circuit("partner").snapshot().override();
            assertThat(override).isNotNull();
            assertThat(override.reason()).isEqualTo("maintenance until ten");
            assertThat(override.actor()).isEqualTo("anna");
            assertThat(override.expiresIn()).isEqualTo(Duration.ofHours(1));
            assertThat(tab.evaluate("document.activeElement.dataset.action").asString())
                    .isEqualTo("forceOpen");

            tab.click("[data-action=release]").type("all is well").click("#decision-submit");
            tab.awaitText(row(1), "Closed");
            assertThat(circuit("partner").snapshot().override()).isNull();
            tab.await("document.activeElement.className === 'summary'");
        }

        @ParameterizedTest
        @CsvSource({"disable, DISABLED", "metricsOnly, METRICS_ONLY", "forceOpen, FORCED_OPEN"})
        void overridesWithoutEndUnlessToldOtherwise(String action, BreakerState state) {
            service.succeed("partner", 1);
            openPage().click(row(1) + ".summary").click("[data-action=" + action + "]");
            tab.type("because").click("#decision-submit").awaitText(row(1), "no end");
            assertThat(circuit("partner").state()).isEqualTo(state);
        }

        @Test
        void resetsAnOpenCircuit() {
            service.fail("partner", 3);
            openPage().click(row(1) + ".summary").click("[data-action=reset]");
            assertThat(tab.isVisible("#expiry")).isFalse();
            tab.type("the partner is back").click("#decision-submit").awaitText(row(1), "Closed");
            assertThat(circuit("partner").state()).isEqualTo(BreakerState.CLOSED);
        }

        @Test
        void showsWhyTheServiceRefuses() {
            service.succeed("partner", 1);
            openPage()
                    .click(row(1) + ".summary")
                    .click("[data-action=forceOpen]")
                    .type("because");
            tab.click("#ttl").type("soon").click("#decision-submit");

            tab.awaitText("#decision-error", "The service answered 400. Invalid ttl (soon)");
            assertThat(tab.isVisible("#decision")).isTrue();
            assertThat(circuit("partner").state()).isEqualTo(BreakerState.CLOSED);
        }

        @Test
        void showsThatTheServiceCannotBeReached() {
            use(new Service());
            service.succeed("partner", 1);
            openPage()
                    .click(row(1) + ".summary")
                    .click("[data-action=forceOpen]")
                    .type("because");
            service.close();
            tab.click("#decision-submit").awaitText("#decision-error", "No answer from the service");
        }

        @Test
        void cannotBeLeftWhileItIsUnderWay() {
            service.succeed("partner", 1);
            openPage().click(row(1) + ".summary").click("[data-action=disable]").type("because");
            tab.evaluate(
                    "window.asked = fetch; fetch = (url, request) => request.method !== 'POST' ? asked(url, request)"
                            + " : new Promise(proceed => { window.proceed = () => proceed(asked(url, request)); })");
            tab.click("#decision-submit")
                    .await("window.proceed")
                    .press("Escape")
                    .press("Escape");
            assertThat(tab.isVisible("#decision")).isTrue();
            assertThat(tab.count("#decision-cancel:disabled")).isEqualTo(1);

            tab.evaluate("proceed()");

            tab.await("!document.querySelector('#decision').open").awaitText(row(1), "Disabled");
            assertThat(tab.count("#decision-cancel:disabled")).isZero();
        }

        @Test
        void sendsTheTokenThatProtectsFromForgedRequests() {
            service.succeed("partner", 1);
            openPage().click(row(1) + ".summary").click("[data-action=reset]").type("because");
            tab.evaluate("document.cookie = 'XSRF-TOKEN=a%20token'; window.asked = fetch;"
                    + "fetch = (url, request) => { window.sent = request?.headers['X-XSRF-TOKEN'] ?? window.sent;"
                    + " return window.asked(url, request); }");
            tab.click("#decision-submit").await("window.sent === 'a token'");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "management.endpoint.breakers.access=read-only",
                    "management.endpoints.web.exposure.include=breakerdashboard"
                })
        void isNotPossibleWhereTheEndpointOnlyShows(String property) {
            use(new Service(property));
            service.fail("partner", 3);
            openPage().click(row(1) + ".summary").awaitText(".facts", "failures in a row");
            assertThat(tab.isVisible("#readonly")).isTrue();
            assertThat(tab.isVisible(".actions button")).isFalse();
            assertThat(tab.text(".closed-door"))
                    .contains("Read-only", "management.endpoint.breakers.access=unrestricted");
        }
    }

    @Nested
    class HostileText {

        private static final List<String> NAMES = List.of(
                "<img src=x onerror=\"window.hit=1\">" + "x".repeat(166),
                "</script><script>window.hit=1</script>",
                "'\"`${window.hit=1}{{script}}",
                "a/../b",
                "../..",
                "back\\slash;param=%2e%2e?query#hash",
                "//evil.example/x",
                "__proto__",
                "key[a, b]",
                "gnirts \u202e reversed");

        @Test
        void isTextAndItsCircuitsCanBeDecidedAbout() {
            NAMES.forEach(name -> circuit(name).disable("<b onclick=window.hit=1>reason</b>", "<i>actor</i>", null));
            openPage().awaitText(row(1), "<i>actor</i>: <b onclick=window.hit=1>reason</b>");
            assertThat(tab.count(".row")).isEqualTo(NAMES.size());
            for (String name : NAMES) {
                tab.press("/")
                        .press("Escape")
                        .type(name)
                        .await("document.querySelectorAll('.row:not([hidden])').length === 1");
                assertThat(tab.evaluate("document.querySelector('.row:not([hidden]) .name').textContent")
                                .asString())
                        .isEqualTo(name);
                tab.click(".row:not([hidden]) .summary").click(".row:not([hidden]) [data-action=release]");
                tab.type("because").click("#decision-submit").awaitText(".row:not([hidden])", "Closed");
                tab.await("document.activeElement.className === 'summary'");
                assertThat(circuit(name).state()).isEqualTo(BreakerState.CLOSED);
                tab.evaluate("document.activeElement.blur()");
            }
            assertThat(tab.count("main img, main i, .note b, script")).isEqualTo(1);
            assertThat(tab.evaluate("typeof window.hit").asString()).isEqualTo("undefined");
        }

        @Test
        void cannotRunAScriptEvenIfItGotIntoThePage() {
            openPage();
            tab.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=data:, onerror=\"window.hit=1\">')");
            tab.evaluate(
                    "document.body.append(Object.assign(document.createElement('script'), {text: 'window.hit=1'}))");
            tab.await("true");
            assertThat(tab.evaluate("typeof window.hit").asString()).isEqualTo("undefined");
            assertThat(tab.errors()).isNotEmpty().allMatch(error -> error.contains("Content Security Policy"));
            tab.forgetErrors();
        }
    }

    @Nested
    class ManyCircuits {

        private void fiveHundred() {
            IntStream.range(0, 500).forEach(i -> service.succeed("circuit-%03d".formatted(i), 1));
            openPage().await("document.querySelectorAll('.row').length === 500");
        }

        @Test
        void drawsChartsOnlyWhereTheyCanBeSeen() {
            fiveHundred();
            tab.await("document.querySelectorAll('.chart .failure[d^=M]').length > 5");
            assertThat(tab.count(".chart .failure.area[d]")).isLessThan(60);
            tab.evaluate("document.querySelector('.row:last-child').scrollIntoView()");
            tab.await("document.querySelector('.row:last-child .chart .failure[d^=M]')");
        }

        @Test
        void touchesNothingThatHasNotChanged() {
            fiveHundred();
            tab.await("document.querySelector('.row:last-child .cell.traffic b').textContent === '0'");
            tab.evaluate("window.touched = new Set(); new MutationObserver(changes => changes.forEach(change =>"
                    + " window.touched.add(change.target.parentElement.closest('.row'))))"
                    + ".observe(document.querySelector('#list'),"
                    + " {subtree: true, childList: true, attributes: true, characterData: true})");
            awaitAnswers(2);
            assertThat(tab.evaluate("window.touched.size").asInt()).isLessThan(60);
        }

        @Test
        void putsTheWorstFirst() {
            fiveHundred();
            service.fail("circuit-400", 1);
            service.fail("circuit-300", 3);
            circuit("circuit-200").forceOpen("maintenance", "anna", null);
            circuit("circuit-100").metricsOnly("a look", "anna", null);

            tab.awaitText(row(1), "circuit-200").awaitText(row(2), "circuit-300");
            tab.awaitText(row(3), "circuit-100")
                    .awaitText(row(4), "circuit-400")
                    .awaitText(row(5), "circuit-000");
        }

        @Test
        void findsThemByNameAndState() {
            fiveHundred();
            service.fail("circuit-123", 3);
            tab.press("/").type("T-12").await("document.querySelectorAll('.row:not([hidden])').length === 10");
            tab.click("[data-filter=OPEN]").await("document.querySelectorAll('.row:not([hidden])').length === 1");
            tab.press("/").type("none").awaitText("#empty", "No circuit fits.");
        }

        @Test
        void keepsTheFocusWhileTheOrderChanges() {
            fiveHundred();
            tab.evaluate("document.querySelectorAll('.summary')[5].focus()");
            service.fail("circuit-005", 3);
            tab.awaitText(row(1), "circuit-005");
            assertThat(tab.evaluate("document.activeElement.innerText").asString())
                    .contains("circuit-005");
        }
    }

    @Nested
    class ManyInstances {

        @Test
        void areListedWithTheCircuitsOfWhichTheyAreIsolated() {
            use(Service.beside(
                    new InstanceView(
                            "offers-b",
                            false,
                            Duration.ofSeconds(2),
                            Set.of("partner"),
                            Map.of("partner", new Totals(200, 7, 5))),
                    new InstanceView("offers-c", false, Duration.ofSeconds(1), Set.of(), Map.of())));
            service.succeed("partner", 1);
            openPage().awaitText("#alive", "3 instances alive").awaitText("#alive", "1 isolated");
            assertThat(tab.text("#instances"))
                    .contains("this one", "offers-b", "heard 2 s ago", "isolated:", "partner");
            assertThat(tab.text(row(1))).contains("Closed", "isolated on offers-b");
            tab.click("#instances .link").awaitText(".facts", "201 calls, 7 rejected, 5 fallbacks");
        }
    }

    @Nested
    class BehindALoadBalancer {

        /** Lets a function change what the page is answered, given the number of the answer. */
        private void change(String function) {
            tab.evaluate("window.asked = fetch; window.answer = 0; fetch = async (...request) => {"
                    + " const data = await (await asked(...request)).json(); (" + function + ")(data, ++answer);"
                    + " return new Response(JSON.stringify(data)); }");
        }

        @Test
        void countsPerSecondThoughInstancesTakeTurns() {
            service.succeed("partner", 1);
            openPage();
            change("""
                    (data, answer) => {
                      const ids = answer % 2 ? ['a', 'b'] : ['b', 'a'];
                      data.sharing.instance = ids[0];
                      data.instances = ids.map((id, i) => ({ id, self: i === 0, ageMs: 0, isolated: [] }));
                      data.circuits[0].totals.calls = 1000 * answer - (answer % 2 ? 999000 : 0);
                    }""");
            tab.await("document.querySelector('.traffic b').textContent !== '–' && answer > 4");
            assertThat(tab.evaluate("parseFloat(document.querySelector('.traffic b').textContent.replace(',', ''))")
                            .asDouble())
                    .as("differences between answers of the same instance")
                    .isBetween(1.0, 20_000.0);
        }

        @Test
        void keepsToTheTransitionsOfOneInstanceUntilItHasGone() {
            service.fail("partner", 3);
            openPage().awaitText("#transitions li", "partner");
            String first = service.registry.instance();
            assertThat(tab.text("#witness")).isEqualTo(first);
            String other =
                    "data.sharing.instance = 'other'; data.transitions.forEach(one => { one.name = 'newcomer'; });";
            change("data => { " + other + " }");
            awaitAnswers(2);
            assertThat(tab.text("#transitions .link")).isEqualTo("partner");

            tab.evaluate("fetch = asked");
            change("data => { " + other + " data.instances[0].id = 'other'; }");

            tab.awaitText("#witness", "other");
            assertThat(tab.evaluate("[...document.querySelectorAll('#transitions .link')].map(one => one.textContent)"
                                    + ".filter(name => name !== 'newcomer').length")
                            .asInt())
                    .isZero();
        }
    }

    @Nested
    class InAFrame {

        @Test
        void showsNothingToClickButALinkToItself() {
            tab.open(service.url("/actuator/health"));
            tab.evaluate("document.body.append(Object.assign(document.createElement('iframe'), {src: '" + service.page()
                    + "'})); true");
            tab.await("frames[0].document.body.innerText.includes('not shown inside another page')");
            assertThat(tab.evaluate("frames[0].document.querySelectorAll('button, input, a').length")
                            .asInt())
                    .isEqualTo(1);
        }
    }

    @Nested
    class ByKeyboard {

        @Test
        void decidesWithoutAMouse() {
            service.succeed("first", 1);
            service.succeed("second", 1);
            openPage().awaitText(row(2), "second");

            tab.press("/").type("s").press("ArrowDown").press("ArrowDown").press("Enter");
            assertThat(tab.evaluate("document.activeElement.innerText").asString())
                    .contains("second");
            tab.awaitText(row(2) + ".details", "Window").press("Tab").press("Enter");
            tab.await("document.querySelector('dialog').open").type("by hand");
            assertThat(tab.evaluate("document.activeElement.id").asString()).isEqualTo("reason");
            IntStream.range(0, 5).forEach(field -> tab.press("Tab"));
            assertThat(tab.evaluate("document.activeElement.id").asString()).isEqualTo("decision-submit");
            tab.press("Enter");

            tab.await("!document.querySelector('dialog').open");
            assertThat(circuit("second").state()).isEqualTo(BreakerState.FORCED_OPEN);
        }

        @Test
        void leavesTheDialogWithEscapeToWhereItCameFrom() {
            service.succeed("partner", 1);
            openPage().click(row(1) + ".summary").click("[data-action=reset]").press("Escape");
            tab.await("document.activeElement.dataset.action === 'reset'");
            assertThat(tab.isVisible("dialog")).isFalse();
        }

        @Test
        void everyControlHasANameAndIsReached() {
            service.succeed("partner", 1);
            openPage().click(row(1) + ".summary");
            assertThat(tab.evaluate("[...document.querySelectorAll('button, input, select, textarea, a')]"
                                    + ".filter(one => one.checkVisibility() && (!one.innerText.trim() && !one.labels?.length && !one.ariaLabel"
                                    + " || one.tabIndex < 0)).map(one => one.outerHTML)")
                            .size())
                    .isZero();
        }
    }

    @Nested
    class Reloaded {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"histories\": {\"partner\": 7}}",
                    "{\"histories\": {\"partner\": [1, [2], null, null, null, null]}}",
                    "{\"expanded\": 7}",
                    "{\"sort\": \"none\", \"filter\": \"none\"}"
                })
        void beginsAnewWithWhatAnotherVersionHasKept(String kept) {
            service.succeed("partner", 1);
            tab.open(service.url("/actuator/health"));
            tab.evaluate("sessionStorage.setItem('breaker:/actuator/breakerdashboard', '" + kept + "')");
            openPage().awaitText(row(1), "partner");
        }

        @Test
        void keepsItsChartsAndWhatWasOpenAndSought() {
            service.succeed("partner", 5);
            service.succeed("other", 5);
            openPage().click(row(2) + ".summary").awaitText(row(2) + ".facts", "of the whole cluster");
            tab.evaluate("window.now = Date.now; Date.now = () => window.now() + 60000");
            String pieces = "document.querySelector('.row:not([hidden]) .chart .failure:not(.area)').getAttribute('d')"
                    + ".match(/M/g).length";
            tab.await(pieces + " === 2").press("/").type("part");

            tab.reload().awaitText(".row:not([hidden]) .facts", "of the whole cluster");

            tab.await(pieces + " === 2");
            assertThat(tab.count(".row:not([hidden])")).isEqualTo(1);
        }
    }
}
