package dev.breaker.sample.partner;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How the partner misbehaves.
 *
 * @param failRate requests that fail, in percent
 * @param delayMs time before every answer, in milliseconds
 */
@ConfigurationProperties("partner.faults")
record Faults(int failRate, int delayMs) {

    Faults {
        between("failRate", failRate, 100);
        between("delayMs", delayMs, 60_000);
    }

    private static void between(String name, int value, int most) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(
                    "Invalid " + name + " (" + value + "): must be between 0 and " + most + ".");
        }
    }
}
