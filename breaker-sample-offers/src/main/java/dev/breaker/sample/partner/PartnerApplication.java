package dev.breaker.sample.partner;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

/** The role {@code partner}. */
@SpringBootApplication
@EnableConfigurationProperties(Faults.class)
public class PartnerApplication {}
