package dev.breaker.sample.partner;

import java.util.List;

/** What the partner offers a customer today. */
record HotOffer(String customer, String title) {

    private static final List<String> TITLES = List.of(
            "A weekend in Lisbon, today at half price",
            "Two tickets for tonight's opera, pay for one",
            "An electric bicycle, last of the season");

    static HotOffer of(String customer) {
        return new HotOffer(customer, TITLES.get(Math.floorMod(customer.hashCode(), TITLES.size())));
    }
}
