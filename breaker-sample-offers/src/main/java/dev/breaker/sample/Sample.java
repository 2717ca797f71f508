package dev.breaker.sample;

import dev.breaker.sample.demo.Demo;
import dev.breaker.sample.demo.LocalHost;
import dev.breaker.sample.offers.OffersApplication;
import dev.breaker.sample.partner.PartnerApplication;
import java.util.Arrays;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Starts one of the sample's roles: {@code partner}, {@code offers} or, by default, {@code demo}, which starts both. */
public final class Sample {

    private Sample() {}

    /**
     * Starts a role.
     *
     * @param args the role, then its options
     */
    public static void main(String[] args) {
        boolean named = args.length > 0 && !args[0].startsWith("--");
        String role = named ? args[0] : "demo";
        String[] options = named ? Arrays.copyOfRange(args, 1, args.length) : args;
        Leash.fasten();
        switch (role) {
            case "partner" -> start(PartnerApplication.class, role, options);
            case "offers" -> start(OffersApplication.class, role, options);
            case "demo" -> Demo.run(Sample.class, options);
            default -> {
                System.err.println("Unknown role '" + role + "'. The roles are: partner, offers, demo (the default).");
                System.exit(2);
            }
        }
    }

    private static void start(Class<?> application, String role, String... options) {
        new SpringApplicationBuilder(application, LocalHost.class)
                .profiles(role)
                .run(options);
    }
}
