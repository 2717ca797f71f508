package dev.breaker.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.Breaker;
import dev.breaker.BreakerEvent;
import dev.breaker.BreakerRegistry;
import dev.breaker.BreakerState;
import dev.breaker.InMemoryStore;
import dev.breaker.ManualTicker;
import dev.breaker.Ticker;
import dev.breaker.shared.SharedStore;
import dev.breaker.spring.UnreliableStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.event.EventListener;

class ApplicationEventsTest {

    private final ManualTicker ticker = new ManualTicker();
    private final InMemoryStore store = new InMemoryStore(ticker);
    private final UnreliableStore way = new UnreliableStore(store);
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(BreakerAutoConfiguration.class))
            .withBean(Ticker.class, () -> ticker)
            .withBean(SharedStore.class, way::reached)
            .withBean(Audience.class)
            .withPropertyValues("breaker.defaults.consecutive-failure-threshold=2");

    static class Audience {

        final List<BreakerEvent.Transition> transitions = new ArrayList<>();
        final List<BreakerEvent> sharing = new ArrayList<>();

        @EventListener
        void moved(BreakerEvent.Transition event) {
            transitions.add(event);
        }

        @EventListener
        void alone(BreakerEvent.SharingDegraded event) {
            sharing.add(event);
        }

        @EventListener
        void togetherAgain(BreakerEvent.SharingRecovered event) {
            sharing.add(event);
        }
    }

    @Test
    void tellEveryInstanceOfATransitionAndOneThatItIsTheAnnouncer() {
        application.run(one -> application.run(other -> {
            other.getBean(BreakerRegistry.class).breaker("partner");
            Breaker breaker = one.getBean(BreakerRegistry.class).breaker("partner");
            breaker.acquire().failure(new IOException("down"), 0);
            breaker.acquire().failure(new IOException("down"), 0);
            ticker.advance(Duration.ofSeconds(2));
            List<BreakerEvent.Transition> here = one.getBean(Audience.class).transitions;
            List<BreakerEvent.Transition> there = other.getBean(Audience.class).transitions;
            assertThat(here).hasSize(1);
            assertThat(there).hasSize(1);
            assertThat(here.get(0).to()).isEqualTo(BreakerState.OPEN);
            assertThat(here.get(0).epoch()).isEqualTo(there.get(0).epoch());
            assertThat(here.get(0).announcer()).isTrue();
            assertThat(there.get(0).announcer()).isFalse();
        }));
    }

    @Test
    void tellThatTheSharingEndsAndBeginsAgain() {
        application.run(context -> {
            context.getBean(BreakerRegistry.class).breaker("partner");
            way.isAway(true);
            ticker.advance(Duration.ofSeconds(5));
            way.isAway(false);
            ticker.advance(Duration.ofSeconds(5));
            assertThat(context.getBean(Audience.class).sharing)
                    .hasExactlyElementsOfTypes(BreakerEvent.SharingDegraded.class, BreakerEvent.SharingRecovered.class);
        });
    }
}
