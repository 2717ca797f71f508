package dev.breaker.spring.dashboard;

import dev.breaker.BreakerRegistry;
import dev.breaker.Ticker;
import java.security.Principal;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * The endpoint {@code breakerdashboard}: a page for a browser that shows all circuits of the service, and what it asks for once
 * a second. It changes nothing: decisions go to the endpoint {@code breakers}.
 */
@WebEndpoint(id = "breakerdashboard")
public final class BreakerDashboardEndpoint {

    private static final String DATA = "data";

    private final String page = DashboardPage.read();
    private final Overview overview;
    private final Supplier<Optional<String>> decisions;

    /**
     * @param service name of the service, for the heading
     * @param registry what is shown
     * @param ticker tells how long ago transitions were
     * @param decisions where the endpoint {@code breakers} takes decisions, relative to the page; empty if it takes none
     */
    public BreakerDashboardEndpoint(
            String service, BreakerRegistry registry, Ticker ticker, Supplier<Optional<String>> decisions) {
        this(service, registry, ticker, decisions, new ClusterInstances(registry, ticker));
    }

    BreakerDashboardEndpoint(
            String service,
            BreakerRegistry registry,
            Ticker ticker,
            Supplier<Optional<String>> decisions,
            Instances instances) {
        Transitions transitions = new Transitions(ticker);
        registry.addListener(transitions);
        this.overview = new Overview(service, registry, instances, transitions);
        this.decisions = decisions;
    }

    /** The page. */
    @ReadOperation(produces = "text/html;charset=UTF-8")
    public String page() {
        return page;
    }

    /**
     * What the page shows.
     *
     * @param part {@code data}, there is nothing else
     * @param search if there are more than 1,000 circuits: part of the names of those that are wanted
     */
    @ReadOperation
    public WebEndpointResponse<DashboardData> data(
            SecurityContext security, @Selector String part, @Nullable String search) {
        if (!part.equals(DATA)) {
            return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
        }
        Principal principal = security.getPrincipal();
        return new WebEndpointResponse<>(overview.data(
                principal == null ? null : principal.getName(), decisions.get().orElse(null), search));
    }
}
