package dev.breaker.sample.offers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CatalogueTest {

    @Test
    void offersTheSameToTheSameCustomerOnEveryInstance() {
        assertThat(new Catalogue().titleFor("anna")).isEqualTo(new Catalogue().titleFor("anna"));
    }

    @Test
    void hasAnOfferForEverybodyAndMoreThanOne() {
        assertThat(IntStream.range(0, 100).mapToObj(i -> new Catalogue().titleFor("customer " + i)))
                .doesNotContainNull()
                .anyMatch(title -> !title.equals(new Catalogue().titleFor("customer 0")));
    }
}
