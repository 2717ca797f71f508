package dev.breaker.spring.faults;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands {@link Observed} to the tests of faults, and keeps what those that passed have observed. */
final class FaultRows implements ParameterResolver, AfterTestExecutionCallback {

    private static final Namespace NAMESPACE = Namespace.create(FaultRows.class);

    private static final List<Row> passed = Collections.synchronizedList(new ArrayList<>());

    /**
     * One run of a test.
     *
     * @param invocation which of several runs with different arguments, or empty
     * @param measured what it observed
     */
    record Row(Method test, String invocation, String measured) {}

    /** What this JVM has run so far. */
    static List<Row> passed() {
        synchronized (passed) {
            return List.copyOf(passed);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == Observed.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        return observed(test);
    }

    @Override
    public void afterTestExecution(ExtensionContext test) {
        if (test.getExecutionException().isEmpty()) {
            boolean once = test.getUniqueId().contains("[method:");
            String invocation = once ? "" : test.getDisplayName().replaceAll("^\\[\\d+] *|\\w+ = |\"", "");
            passed.add(new Row(
                    test.getRequiredTestMethod(), invocation, observed(test).text()));
        }
    }

    private static Observed observed(ExtensionContext test) {
        return test.getStore(NAMESPACE).computeIfAbsent(Observed.class, key -> new Observed(), Observed.class);
    }
}
