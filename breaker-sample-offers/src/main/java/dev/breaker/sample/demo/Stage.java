package dev.breaker.sample.demo;

import dev.breaker.sample.demo.Scene.Actor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What can be seen of the demo at one moment; asking for it asks all parts.
 *
 * @param started when the demo started, in milliseconds since 1970
 * @param options the demo's options
 * @param parts its parts
 * @param local how to ask them
 * @param customers the customers
 * @param transcript what the terminal shows
 */
record Stage(long started, Options options, Parts parts, Local local, Customers customers, Transcript transcript) {

    /** The page asks twice a second and shows a part that takes longer as one that does not answer. */
    private static final Duration PATIENCE = Duration.ofMillis(900);

    /**
     * The present scene.
     *
     * @param seen number of the last line of the terminal that is known, zero if none is
     */
    Scene scene(long seen) {
        Part redis = parts.redis();
        CompletableFuture<Actor> partner = ask(parts.partner(), "/partner/status", "/partner/faults");
        List<CompletableFuture<Actor>> services = parts.offers().stream()
                .map(part -> ask(part, "/offers/status", "/offers/circuit"))
                .toList();
        return new Scene(
                started,
                options.waitSeconds(),
                Part.canFreeze(),
                customers.areLetIn(),
                redis == null ? null : actor(redis, null, null),
                partner.join(),
                services.stream().map(CompletableFuture::join).toList(),
                customers.lastRush(),
                transcript.after(seen));
    }

    private CompletableFuture<Actor> ask(Part part, String status, String detail) {
        return local.get(part, status, PATIENCE)
                .thenCombine(local.get(part, detail, PATIENCE), (says, adds) -> actor(part, says, adds));
    }

    private static Actor actor(Part part, @Nullable JsonNode status, @Nullable JsonNode detail) {
        return new Actor(part.name(), part.port(), part.condition(), status, detail);
    }
}
