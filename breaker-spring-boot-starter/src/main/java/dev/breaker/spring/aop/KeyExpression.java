package dev.breaker.spring.aop;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelCompilerMode;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.SpelParserConfiguration;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.StandardEvaluationContext;

/**
 * Finds the key of a call by an expression over its arguments. {@code #tenant} alone is the argument itself and costs no
 * evaluation.
 */
final class KeyExpression {

    private final SpelExpression expression;
    private final Map<String, Integer> parameters;
    private final @Nullable Integer only;
    private final BeanFactory beans;

    private KeyExpression(SpelExpression expression, Map<String, Integer> parameters, BeanFactory beans) {
        this.expression = expression;
        this.parameters = parameters;
        this.beans = beans;
        this.only = expression.getAST() instanceof VariableReference
                ? parameters.get(expression.getExpressionString().strip().substring(1))
                : null;
    }

    /** @throws InvalidCircuitBreakerException if it cannot be read, or names what is no parameter */
    static KeyExpression of(GuardedMethod guarded, String text, BeanFactory beans) {
        SpelExpression expression;
        try {
            ClassLoader classes = guarded.targetClass().getClassLoader();
            expression = new SpelExpressionParser(new SpelParserConfiguration(SpelCompilerMode.MIXED, classes))
                    .parseRaw(text);
        } catch (ParseException | IllegalArgumentException fault) {
            throw new InvalidCircuitBreakerException(
                    guarded.invalid("key", text) + "is no expression: " + fault.getMessage() + ".",
                    "Write an expression over the method's parameters, such as key = \"#tenant\".");
        }
        Map<String, Integer> parameters = parameters(guarded);
        variables(expression.getAST())
                .filter(variable -> !parameters.containsKey(variable) && !isBuiltIn(variable))
                .findFirst()
                .ifPresent(unknown -> {
                    throw new InvalidCircuitBreakerException(
                            guarded.invalid("key", text) + "there is no parameter '" + unknown + "'; known are "
                                    + String.join(", ", parameters.keySet()) + ".",
                            "Name a parameter, and compile with -parameters; #p0 is the first one whatever its name.");
                });
        return new KeyExpression(expression, parameters, beans);
    }

    private static boolean isBuiltIn(String variable) {
        return variable.equals("root") || variable.equals("this");
    }

    private static Map<String, Integer> parameters(GuardedMethod guarded) {
        Map<String, Integer> parameters = new LinkedHashMap<>();
        Method method = guarded.method();
        for (int i = 0; i < method.getParameterCount(); i++) {
            if (method.getParameters()[i].isNamePresent()) {
                parameters.put(method.getParameters()[i].getName(), i);
            }
            parameters.put("p" + i, i);
        }
        return parameters;
    }

    private static Stream<String> variables(SpelNode node) {
        Stream<String> own =
                node instanceof VariableReference ? Stream.of(node.toStringAST().substring(1)) : Stream.empty();
        return Stream.concat(
                own,
                IntStream.range(0, node.getChildCount())
                        .mapToObj(node::getChild)
                        .flatMap(KeyExpression::variables));
    }

    /**
     * The key of a call, null if the value is.
     *
     * @throws RuntimeException if the expression cannot be evaluated for these arguments
     */
    @Nullable
    String of(MethodInvocation invocation) {
        Object value = only != null ? invocation.getArguments()[only] : evaluate(invocation);
        return value == null ? null : value.toString();
    }

    private @Nullable Object evaluate(MethodInvocation invocation) {
        StandardEvaluationContext context = new StandardEvaluationContext(new Call(invocation));
        context.setBeanResolver(new BeanFactoryResolver(beans));
        parameters.forEach((name, index) -> context.setVariable(name, invocation.getArguments()[index]));
        return expression.getValue(context);
    }

    /** What an expression may read besides parameters. */
    public static final class Call {

        private final MethodInvocation invocation;

        private Call(MethodInvocation invocation) {
            this.invocation = invocation;
        }

        /** The arguments. */
        public List<@Nullable Object> getArgs() {
            return Arrays.asList(invocation.getArguments());
        }

        /** The bean. */
        public @Nullable Object getTarget() {
            return invocation.getThis();
        }

        /** The method. */
        public Method getMethod() {
            return invocation.getMethod();
        }
    }
}
