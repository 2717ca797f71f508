package com.example.offers;

import java.io.IOException;

/** The partner of the page's example. */
@FunctionalInterface
public interface Partner {

    String offerFor(String customer) throws IOException;
}
