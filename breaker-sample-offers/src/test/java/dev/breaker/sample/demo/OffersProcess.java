package dev.breaker.sample.demo;

import dev.breaker.sample.Sample;
import java.time.Duration;
import java.util.List;

/** An offer service in a process of its own. */
final class OffersProcess {

    final Part part;
    final Http http;

    OffersProcess(int partner, int redis, Duration waitInOpenState) {
        int port = Ports.free();
        http = new Http(port);
        Role role = new Role(
                Sample.class,
                List.of(
                        "offers",
                        "--spring.profiles.active=demo",
                        "--server.port=" + port,
                        "--partner.url=http://localhost:" + partner,
                        "--spring.data.redis.host=127.0.0.1",
                        "--spring.data.redis.port=" + redis,
                        "--breaker.instances.partner-offers.wait-duration-in-open-state=" + waitInOpenState.toMillis()
                                + "ms"));
        part = new Part("offers-" + port, port, role, System.out::println);
    }

    /** Asks for an offer: HOT or COLD. */
    String temperature() {
        return http.get("/offers/anna").read("$.temperature");
    }

    Circuit circuit() {
        var json = http.get("/offers/circuit");
        String left = json.read("$.state").equals("OPEN") ? json.read("$.timeLeftOpen") : "PT0S";
        return new Circuit(json.read("$.state"), json.read("$.scope"), json.read("$.sharing"), Duration.parse(left));
    }

    /** Closes the circuit and forgets its calls, without waiting for a probe. */
    void reset() {
        http.post("/actuator/breakers/partner-offers", "{\"action\":\"reset\",\"reason\":\"a new test\"}");
    }

    record Circuit(String state, String scope, String sharing, Duration timeLeftOpen) {
        boolean isOpen() {
            return state.equals("OPEN");
        }
    }
}
