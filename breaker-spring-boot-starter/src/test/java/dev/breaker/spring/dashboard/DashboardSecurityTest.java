package dev.breaker.spring.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.BreakerSnapshot.ActiveOverride;
import dev.breaker.BreakerState;
import dev.breaker.spring.browser.RealBrowser;
import dev.breaker.spring.browser.Tab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/** The page of a service that asks who one is: everybody may look, only operators decide. */
class DashboardSecurityTest {

    private static final String ROW = ".row ";
    private static Service service;

    private final Tab tab = RealBrowser.shared().tab().hurry(5);

    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    static class Secured {

        @Bean
        SecurityFilterChain chain(HttpSecurity http) {
            return http.authorizeHttpRequests(requests -> requests.requestMatchers(HttpMethod.POST, "/actuator/**")
                            .hasRole("OPERATOR")
                            .anyRequest()
                            .authenticated())
                    .formLogin(Customizer.withDefaults())
                    .csrf(csrf -> csrf.spa())
                    .build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(user("anna", "OPERATOR"), user("otto", "READER"));
        }
    }

    /** As {@link Secured}, with the token in the session, where the page cannot see it. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    static class Strict {

        @Bean
        SecurityFilterChain chain(HttpSecurity http) {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .formLogin(Customizer.withDefaults())
                    .build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(user("anna", "OPERATOR"));
        }
    }

    private static UserDetails user(String name, String role) {
        return User.withUsername(name).password("{noop}secret").roles(role).build();
    }

    @BeforeAll
    static void start() {
        service = Service.with(Secured.class);
        service.succeed("partner", 1);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @AfterEach
    void noScriptFailed() {
        tab.close();
        assertThat(tab.errors()).isEmpty();
    }

    private Tab logIn(Service service, String user) {
        tab.open(service.page()).click("#username").type(user);
        tab.click("#password").type("secret").click("button[type=submit]");
        return tab.awaitText("#live-state", "Live");
    }

    private Tab decide(String action) {
        if (!tab.isVisible(".details")) {
            tab.click(ROW + ".summary");
        }
        return tab.click("[data-action=" + action + "]").type("because").click("#decision-submit");
    }

    @Test
    void areSetUpAsDocumented() throws IOException {
        String page = Files.readString(Path.of("../docs/dashboard.md"));
        String documented = page.replaceAll("(?s).*```java\n(.*?)```.*", "$1").replaceAll("\\s", "");
        String tested =
                Files.readString(Path.of("src/test/java/dev/breaker/spring/dashboard/DashboardSecurityTest.java"));
        assertThat(tested.replaceAll("\\s", "")).contains(documented);
    }

    @Test
    void operatorsDecideInTheirNameUntilTheirSessionEnds() {
        logIn(service, "anna");
        decide("forceOpen").awaitText(ROW, "anna: because");
        ActiveOverride override = service.registry.breaker("partner").snapshot().override();
        assertThat(override).isNotNull();
        assertThat(override.actor()).isEqualTo("anna");
        decide("release").awaitText(ROW, "Closed");

        tab.evaluate("fetch('/logout', {method: 'POST', headers: {'X-XSRF-TOKEN':"
                + " document.cookie.match(/XSRF-TOKEN=([^;]*)/)[1]}}).then(() => true)");
        tab.awaitText("#trouble", "the session has ended, reload the page");
    }

    @Test
    void othersAreToldThatTheyMayNot() {
        logIn(service, "otto");
        decide("disable").awaitText("#decision-error", "The service answered 403. Your rights do not allow this");
        assertThat(tab.text("#decision-error")).doesNotContain("XSRF-TOKEN");
        assertThat(service.registry.breaker("partner").state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void whoeverIsKeptOutByTheProtectionFromForgedRequestsIsToldWhatToConfigure() {
        try (Service strict = Service.with(Strict.class)) {
            strict.succeed("partner", 1);
            logIn(strict, "anna");
            decide("disable").awaitText("#decision-error", "The service answered 403.");
            assertThat(tab.text("#decision-error")).contains("XSRF-TOKEN", "csrf.spa()");
            assertThat(strict.registry.breaker("partner").state()).isEqualTo(BreakerState.CLOSED);
        }
    }
}
