package dev.breaker.spring.actuate;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameter;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Refuses operators' decisions with fields that the endpoint {@code breakers} does not know: an override whose {@code ttl} is
 * misspelt would never end.
 */
public final class KnownFields implements OperationInvokerAdvisor {

    private static final EndpointId BREAKERS = EndpointId.of("breakers");
    private static final Set<String> FIELDS = new TreeSet<>(Set.of("action", "reason", "ttl", "actor"));
    private static final int LONGEST_ECHO = 40;

    @Override
    public OperationInvoker apply(
            EndpointId endpoint, OperationType type, OperationParameters parameters, OperationInvoker invoker) {
        if (!endpoint.equals(BREAKERS) || type != OperationType.WRITE) {
            return invoker;
        }
        Set<String> known = parameters.stream().map(OperationParameter::getName).collect(Collectors.toSet());
        return context -> context.getArguments().keySet().stream()
                .filter(field -> !known.contains(field))
                .findFirst()
                .<Object>map(KnownFields::refusal)
                .orElseGet(() -> invoker.invoke(context));
    }

    private static WebEndpointResponse<Map<String, Object>> refusal(String field) {
        String shown = field.length() > LONGEST_ECHO ? field.substring(0, LONGEST_ECHO) + "..." : field;
        return new WebEndpointResponse<>(
                Map.of("error", "Unknown field (" + shown + "): must be one of " + String.join(", ", FIELDS) + "."),
                WebEndpointResponse.STATUS_BAD_REQUEST);
    }
}
