package dev.breaker.spring.autoconfigure;

import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.web.ExposableWebEndpoint;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.util.StringUtils;

/**
 * The way from the endpoint {@code breakerdashboard} to the endpoint {@code breakers}, as a relative link; there is none where
 * the latter is not exposed or only shows. Endpoints may have been given other paths.
 */
final class DecisionsPath implements Supplier<Optional<String>> {

    private static final EndpointId PAGE = EndpointId.of("breakerdashboard");
    private static final EndpointId BREAKERS = EndpointId.of("breakers");

    private final ObjectProvider<WebEndpointsSupplier> endpoints;

    DecisionsPath(ObjectProvider<WebEndpointsSupplier> endpoints) {
        this.endpoints = endpoints;
    }

    @Override
    public Optional<String> get() {
        return exposed(BREAKERS)
                .filter(breakers -> breakers.getOperations().stream()
                        .anyMatch(operation -> operation.getType() == OperationType.WRITE))
                .map(DecisionsPath::path)
                .findFirst()
                .map(path -> "../".repeat(depth()) + path);
    }

    private int depth() {
        return exposed(PAGE)
                .map(DecisionsPath::path)
                .mapToInt(path -> (int) path.chars().filter(c -> c == '/').count())
                .findFirst()
                .orElse(0);
    }

    private static String path(ExposableWebEndpoint endpoint) {
        return StringUtils.trimLeadingCharacter(endpoint.getRootPath(), '/');
    }

    private Stream<ExposableWebEndpoint> exposed(EndpointId id) {
        return endpoints.stream()
                .flatMap(supplier -> supplier.getEndpoints().stream())
                .filter(endpoint -> endpoint.getEndpointId().equals(id));
    }
}
