package dev.breaker.sample.offers;

import dev.breaker.CallNotPermittedException;
import dev.breaker.sample.offers.Offer.Temperature;
import dev.breaker.spring.annotation.CircuitBreaker;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Asks the partner for a hot offer and, when that fails or the circuit is open, serves a cold one. */
@Component
class PartnerOffers {

    static final String CIRCUIT = "partner-offers";

    private final RestClient partner;
    private final Catalogue catalogue;
    private final ServedOffers served;
    private final String instance;

    PartnerOffers(
            RestClient.Builder http,
            Catalogue catalogue,
            ServedOffers served,
            @Value("${partner.url}") String partnerUrl,
            @Value("${offers.instance}") String instance) {
        this.partner = http.baseUrl(partnerUrl).build();
        this.catalogue = catalogue;
        this.served = served;
        this.instance = instance;
    }

    @CircuitBreaker(name = CIRCUIT, fallbackMethod = "coldOffer")
    Offer bestOffer(String customer) {
        HotOffer hot = partner.get()
                .uri("/partner/offers/{customer}", customer)
                .retrieve()
                .body(HotOffer.class);
        if (hot == null || hot.title() == null) {
            throw new RestClientException("The partner's answer holds no offer.");
        }
        served.hot();
        return new Offer(customer, hot.title(), Temperature.HOT, instance);
    }

    Offer coldOffer(String customer, Throwable why) {
        served.coldAfterFailure();
        return cold(customer);
    }

    Offer coldOffer(String customer, CallNotPermittedException why) {
        served.coldWithoutAsking();
        return cold(customer);
    }

    private Offer cold(String customer) {
        return new Offer(customer, catalogue.titleFor(customer), Temperature.COLD, instance);
    }

    /** What this service reads of the partner's answer. */
    private record HotOffer(@Nullable String title) {}
}
