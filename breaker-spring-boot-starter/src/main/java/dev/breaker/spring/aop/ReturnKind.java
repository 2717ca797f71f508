package dev.breaker.spring.aop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;

/** How a guarded method tells what came of a call. */
enum ReturnKind {
    /** By returning or throwing. */
    PLAIN,
    /** By completing a stage. */
    STAGE,
    /** By a future that somebody must look at. */
    FUTURE,
    /** By a signal to whoever subscribes. */
    REACTIVE;

    private static final String IRREPLACEABLE = "cannot be put in place of the one that the method returns";
    private static final boolean REACTOR =
            ClassUtils.isPresent("reactor.core.publisher.Flux", ReturnKind.class.getClassLoader());

    /**
     * The kind of a method by its declared type.
     *
     * @throws InvalidCircuitBreakerException if the outcome of its calls cannot be observed
     */
    static ReturnKind of(GuardedMethod guarded) {
        if (KotlinDetector.isSuspendingFunction(guarded.method())) {
            throw unsupported(guarded, "of a suspending function is not supported");
        }
        Class<?> type = guarded.returnType().toClass();
        if (type == CompletableFuture.class || type == CompletionStage.class) {
            return STAGE;
        }
        if (type == Future.class) {
            return FUTURE;
        }
        if (CompletionStage.class.isAssignableFrom(type) || Future.class.isAssignableFrom(type)) {
            throw unsupported(guarded, IRREPLACEABLE);
        }
        ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
        if (adapter == null && !isPublisher(type)) {
            return PLAIN;
        }
        if (!REACTOR) {
            throw unsupported(guarded, "is reactive, which is not supported without reactor-core");
        }
        if (adapter == null || adapter.getReactiveType() != type) {
            throw unsupported(guarded, IRREPLACEABLE);
        }
        return REACTIVE;
    }

    private static boolean isPublisher(Class<?> type) {
        return Flow.Publisher.class.isAssignableFrom(type)
                || Lineage.of(type).types().stream()
                        .anyMatch(parent -> parent.getName().equals("org.reactivestreams.Publisher"));
    }

    private static InvalidCircuitBreakerException unsupported(GuardedMethod guarded, String rule) {
        return new InvalidCircuitBreakerException(
                guarded.unfit() + "the return type (" + Signatures.brief(guarded.returnType()) + ") " + rule + ".",
                "Let the method return CompletableFuture, CompletionStage, Future, Mono, Flux or a plain value, or remove the"
                        + " annotation and use dev.breaker.Breaker in the method.");
    }
}
