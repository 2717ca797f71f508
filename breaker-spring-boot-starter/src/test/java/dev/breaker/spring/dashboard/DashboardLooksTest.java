package dev.breaker.spring.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.BreakerRegistry;
import dev.breaker.spring.browser.RealBrowser;
import dev.breaker.spring.browser.Tab;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * The page can be read on every screen. With {@code -Dbreaker.screenshots=docs/images}, a directory below the project's root, it
 * leaves its pictures there.
 */
class DashboardLooksTest {

    private static final String PICTURES = System.getProperty("breaker.screenshots", "");

    /** Texts that stand out too little from what is behind them: less than WCAG 2.2 asks for at level AA. */
    private static final String FAINT_TEXTS = """
            (() => {
              const channels = color => color.match(/[\\d.]+/g).map(Number);
              const luminance = color => channels(color).slice(0, 3)
                .map(c => c / 255).map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
                .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
              const behind = one => {
                for (let box = one; box; box = box.parentElement) {
                  const color = getComputedStyle(box).backgroundColor;
                  if ((channels(color)[3] ?? 1) === 1) return color;
                }
                return 'rgb(255, 255, 255)';
              };
              return [...document.querySelectorAll('body *:not(script, style)')]
                .filter(one => one.checkVisibility() && [...one.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
                .map(one => {
                  const [low, high] = [getComputedStyle(one).color, behind(one)].map(luminance).sort((a, b) => a - b);
                  return `${((high + 0.05) / (low + 0.05)).toFixed(2)}: ${one.outerHTML.slice(0, 90)}`;
                })
                .filter(text => parseFloat(text) < 4.5);
            })()
            """;

    /** Parts that stick out to the right, of the screen or of the list, where nobody sees them. */
    private static final String BEYOND_THE_EDGE = """
            [...document.querySelectorAll('header *, .heads *, .row *, aside *, dialog *')]
              .filter(one => one.checkVisibility() && one.getBoundingClientRect().right
                > (one.closest('.circuits')?.getBoundingClientRect().right ?? innerWidth) + 1)
              .map(one => one.outerHTML.slice(0, 90))
            """;

    private static Service service;

    @BeforeAll
    static void start() {
        service = Service.beside(new InstanceView(
                "offers-7d9f-k2v8x",
                false,
                Duration.ofMillis(1400),
                Set.of("geocoding"),
                Map.of("geocoding", new Totals(18_230, 412, 398))));
        BreakerRegistry peer = service.peer("offers-7d9f-q6mzt");
        for (String name :
                List.of("search", "ledger", "pricing[acme]", "mail", "stock", "geocoding", "tax", "customers")) {
            service.succeed(name, 40);
        }
        service.succeed("partner-offers", 6);
        service.registry.breaker("recommendations").acquire().success(0);
        Service.fail(peer, "recommendations", 3);
        service.after(Duration.ofSeconds(31));
        service.registry.breaker("recommendations").acquire();
        service.registry.breaker("mail").metricsOnly("new provider, first day", "jonas", Duration.ofHours(20));
        service.after(Duration.ofSeconds(5));
        service.registry
                .breaker("pricing[acme]")
                .forceOpen("their maintenance until ten", "anna", Duration.ofMinutes(40));
        service.succeed("tax", 20);
        service.fail("tax", 2);
        service.succeed("customers", 31);
        service.fail("customers", 1);
        service.after(Duration.ofSeconds(3));
        service.fail("partner-offers", 3);
        service.after(Duration.ofMillis(1800));
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @ParameterizedTest
    @CsvSource({
        "dashboard-light, , 1440, 900, false",
        "dashboard-dark, dashboard-decision, 1440, 900, true",
        "dashboard-phone, , 390, 844, false",
        ", , 360, 640, true"
    })
    void canBeRead(String picture, String pictureOfDecision, int width, int height, boolean dark) {
        Tab tab = RealBrowser.shared().tab().size(width, height).dark(dark);
        if (!PICTURES.isEmpty()) {
            fillCharts(tab);
        }
        tab.open(service.page()).click("[data-state=OPEN] .summary").awaitText(".facts", "Opens at");
        tab.await("document.querySelector('.traffic b').textContent !== '–'");
        if (!PICTURES.isEmpty()) {
            useCircuits(tab);
        }

        assertThat(tab.evaluate(BEYOND_THE_EDGE)).isEmpty();
        assertThat(tab.evaluate(FAINT_TEXTS)).isEmpty();
        assertThat(tab.evaluate("document.documentElement.scrollWidth").asInt()).isEqualTo(width);
        keep(tab, picture);
        for (int narrower : List.of(1251, 1250, 911, 910, 481, width)) {
            assertThat(tab.size(narrower, height).evaluate(BEYOND_THE_EDGE)).isEmpty();
        }

        tab.click("[data-action=forceOpen]").type("The partner answers nonsense; Maria calls them.");
        assertThat(tab.evaluate(BEYOND_THE_EDGE)).isEmpty();
        assertThat(tab.evaluate(FAINT_TEXTS)).isEmpty();
        keep(tab, pictureOfDecision);
        assertThat(tab.errors()).isEmpty();
    }

    private static void keep(Tab tab, String picture) {
        if (!PICTURES.isEmpty() && picture != null) {
            tab.evaluate("scrollTo(0, 0)");
            tab.screenshot(Path.of("..").resolve(PICTURES).resolve(picture + ".png"));
        }
    }

    /* For as long as it takes until the page shows a rate that does not change any more. */
    private static void useCircuits(Tab tab) {
        long asked =
                tab.evaluate("performance.getEntriesByType('resource').length").asLong();
        Map<String, Integer> callsPerRound =
                Map.of("search", 16, "ledger", 4, "mail", 2, "stock", 9, "geocoding", 6, "tax", 3, "customers", 11);
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    callsPerRound.forEach(service::succeed);
                    service.reject("partner-offers", 10);
                    service.reject("pricing[acme]", 2);
                    return tab.evaluate("performance.getEntriesByType('resource').length")
                                    .asLong()
                            > asked + 7;
                });
    }

    /* Five minutes are too long for a test: the page finds them where it looks after a reload. */
    private static void fillCharts(Tab tab) {
        tab.open(service.url("/actuator/health"));
        JsonNode kept = tab.evaluate("""
                (() => {
                  const last = Math.floor(Date.now() / 3000), steps = [...Array(100).keys()];
                  const noise = (i, n) => Math.sin(i / 7 + n) + Math.sin(i / 2.3 + 2 * n) / 2 + Math.sin(i * n) / 3;
                  const normal = (n, level) => [last, steps.map(i => Math.max(0, noise(i, n) * 2 - 1)), steps.map(() => 0),
                    steps.map(i => level * (6 + noise(i, n))), steps.map(() => 0), steps.map(() => 0)];
                  const histories = {};
                  ['search', 'ledger', 'mail', 'stock', 'geocoding', 'tax', 'customers']
                    .forEach((name, n) => histories[name] = normal(n + 1, [14, 3, 1.2, 8, 5, 2.2, 9][n]));
                  const broken = (n, level, from) => {
                    const history = normal(n, level);
                    history[1] = steps.map(i => i < from - 6 ? history[1][i] : i < from ? (i - from + 7) * 9 : null);
                    history[3] = history[3].map((value, i) => i < from ? value : 0);
                    history[4] = steps.map(i => i < from ? 0 : level * (6 + noise(i, n)));
                    history[5] = steps.map(i => i < from - 6 ? 0 : i < from ? level * (i - from + 7) / 2 : history[4][i] * .94);
                    return history;
                  };
                  histories['partner-offers'] = broken(9, 7, 86);
                  histories['pricing[acme]'] = broken(10, 2, 61);
                  histories.recommendations = broken(11, 4, 70);
                  sessionStorage.setItem('breaker:/actuator/breakerdashboard', JSON.stringify({histories}));
                  return true;
                })()
                """);
        assertThat(kept.asBoolean()).isTrue();
    }
}
