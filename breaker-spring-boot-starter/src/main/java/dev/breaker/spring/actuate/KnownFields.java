package dev.breaker.spring.actuate;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameter;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Refuses requests with a field that the endpoints of this package do not know: an override whose {@code ttl} is misspelt would
 * never end, and a {@code name} in the body or the query would take the place of the path's, whatever rules there are for paths.
 * It may only be one that no path can carry.
 */
public final class KnownFields implements OperationInvokerAdvisor {

    private static final EndpointId BREAKERS = EndpointId.of("breakers");
    private static final EndpointId EVENTS = EndpointId.of("breakerevents");
    private static final String NAME = "name";
    /* A segment that is empty or nothing but dots, or a character that web servers refuse. */
    private static final Pattern NO_PATH = Pattern.compile("(^|/)\\.*(/|$)|[\\\\;%]");
    private static final Set<String> FIELDS = new TreeSet<>(Set.of("action", "reason", "ttl", "actor"));
    private static final int LONGEST_ECHO = 40;

    @Override
    public OperationInvoker apply(
            EndpointId endpoint, OperationType type, OperationParameters parameters, OperationInvoker invoker) {
        if (!endpoint.equals(BREAKERS) && !endpoint.equals(EVENTS)) {
            return invoker;
        }
        Set<String> known = parameters.stream().map(OperationParameter::getName).collect(Collectors.toSet());
        OperationInvoker named = known.contains(NAME) ? namedByPath(invoker) : invoker;
        return type == OperationType.WRITE ? withKnown(known, named) : named;
    }

    /* The segments of a path are an array; what comes from elsewhere is a text or a list. */
    private static OperationInvoker namedByPath(OperationInvoker invoker) {
        return context -> {
            Object name = context.getArguments().get(NAME);
            return name instanceof String[]
                            || (name instanceof String text
                                    && NO_PATH.matcher(text).find())
                    ? invoker.invoke(context)
                    : refusal("Invalid field (name): the path names the circuit breaker.");
        };
    }

    private static OperationInvoker withKnown(Set<String> known, OperationInvoker invoker) {
        return context -> context.getArguments().keySet().stream()
                .filter(field -> !known.contains(field))
                .findFirst()
                .<Object>map(KnownFields::unknown)
                .orElseGet(() -> invoker.invoke(context));
    }

    private static WebEndpointResponse<Map<String, Object>> unknown(String field) {
        String shown = field.length() > LONGEST_ECHO ? field.substring(0, LONGEST_ECHO) + "..." : field;
        return refusal("Unknown field (" + shown + "): must be one of " + String.join(", ", FIELDS) + ".");
    }

    private static WebEndpointResponse<Map<String, Object>> refusal(String why) {
        return new WebEndpointResponse<>(Map.of("error", why), WebEndpointResponse.STATUS_BAD_REQUEST);
    }
}
