package dev.breaker.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.BreakerRegistry;
import dev.breaker.ManualTicker;
import dev.breaker.spring.annotation.CircuitBreaker;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the page on testing tells users to write. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.NONE,
        properties = {
            "breaker.shared.enabled=false",
            "breaker.instances.partner-offers.consecutive-failure-threshold=1",
            "breaker.instances.partner-offers.permitted-number-of-calls-in-half-open-state=1"
        })
class UsersTestTest {

    static class Offers {

        private boolean down;

        void partnerIsDown(boolean down) {
            this.down = down;
        }

        @CircuitBreaker(name = "partner-offers", fallbackMethod = "cold")
        public String bestOffer() {
            if (down) {
                throw new IllegalStateException("down");
            }
            return "HOT";
        }

        @SuppressWarnings("unused")
        private String cold() {
            return "COLD";
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean
        Offers offers() {
            return new Offers();
        }

        @Bean
        ManualTicker ticker() {
            return new ManualTicker();
        }
    }

    @Autowired
    private BreakerRegistry breakers;

    @Autowired
    private ManualTicker ticker;

    @Autowired
    private Offers offers;

    @AfterEach
    void leaveTheCircuitAsItWas() {
        offers.partnerIsDown(false);
        breakers.breaker("partner-offers").release("test", "test");
        breakers.breaker("partner-offers").reset("test", "test");
    }

    @Test
    void servesColdOffersWhileTheCircuitIsForcedOpen() {
        breakers.breaker("partner-offers").forceOpen("test", "test", null);
        assertThat(offers.bestOffer()).isEqualTo("COLD");
    }

    @Test
    void isHotAgainWhenThePartnerIs() {
        offers.partnerIsDown(true);
        assertThat(offers.bestOffer()).isEqualTo("COLD");
        offers.partnerIsDown(false);
        assertThat(offers.bestOffer()).isEqualTo("COLD");
        ticker.advance(Duration.ofSeconds(30));
        assertThat(offers.bestOffer()).isEqualTo("HOT");
    }
}
