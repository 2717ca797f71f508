package dev.breaker.sample.offers;

import java.util.List;
import org.springframework.stereotype.Component;

/** The service's own offers: always the same one for the same customer, on every instance. */
@Component
class Catalogue {

    private static final List<String> TITLES =
            List.of("A city map with a museum voucher", "Free delivery this month", "Ten percent off everything green");

    String titleFor(String customer) {
        return TITLES.get(Math.floorMod(customer.hashCode(), TITLES.size()));
    }
}
