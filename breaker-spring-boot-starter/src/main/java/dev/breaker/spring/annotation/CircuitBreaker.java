package dev.breaker.spring.annotation;

import dev.breaker.BreakerConfig;
import dev.breaker.CallNotPermittedException;
import dev.breaker.KeyedBreakers;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.springframework.core.annotation.AliasFor;

/**
 * Puts a circuit breaker around a method of a Spring bean: while the circuit is open the method is not called, and a fallback
 * answers in its place.
 *
 * <pre>{@code
 * @CircuitBreaker(name = "partner", fallbackMethod = "cold")
 * public List<Offer> hot(Customer customer) { ... }
 *
 * private List<Offer> cold(Customer customer) { ... }
 * }</pre>
 *
 * <h2>Where it may stand</h2>
 *
 * <p>On a method, or on a class for all its methods but the private and static ones, those of {@link Object}, and those that
 * serve another method as fallback. On an interface or its methods it counts for every bean that implements them; on an
 * interface as a whole, for the interface's methods only. The method's annotation wins over that of its class, which wins over
 * that of an interface. Other annotations may carry this one.
 *
 * <p>Only calls from outside the bean pass the circuit breaker: a bean that calls itself does so directly. A method that
 * cannot be intercepted, being private, static, or final where the bean is subclassed, stops the application at start-up. So
 * does whatever else is wrong with an annotation.
 *
 * <h2>What is counted</h2>
 *
 * <p>What the method returns or throws is a success, a failure or neither, as {@link BreakerConfig#classifier()} decides. A
 * {@link java.util.concurrent.CompletionException CompletionException} or
 * {@link java.util.concurrent.ExecutionException ExecutionException} stands for its cause. Where the declared return type says so,
 * calls end later than the method returns, and are counted when they end:
 *
 * <ul>
 *   <li>{@link CompletionStage} or {@link CompletableFuture}: as soon as the stage completes. The caller gets a stage of its
 *       own. Cancelling that one cancels the method's, counts nothing and gives a probe's permit back. An event loop of Netty
 *       or Reactor never waits for permission: there a body that must wait for it runs in the common pool, without what is
 *       bound to its caller's thread but the class loader.
 *   <li>{@link Future}: when the caller learns of the end, through {@code get}, {@code isDone} or {@code cancel}; immediately
 *       if it is a {@link CompletionStage} as well. A call whose end nobody looks at is not counted, and if it was a probe,
 *       gives its permit back with the end of its {@linkplain BreakerConfig#probeLease() lease}. Its time runs until somebody
 *       looks.
 *   <li>{@code Mono}, {@code Flux}, and with them every type of Spring's
 *       {@link org.springframework.core.ReactiveAdapterRegistry ReactiveAdapterRegistry} such as RxJava's,
 *       {@link java.util.concurrent.Flow.Publisher} or Kotlin's {@code Flow}: when a subscription ends; see below. They need
 *       reactor-core on the class path.
 *   <li>Their subtypes cannot be replaced and are refused at start-up, as are suspending functions. A null in place of a stage
 *       or a future is a success.
 * </ul>
 *
 * <p>A rejected call throws {@link CallNotPermittedException}; where the method returns a stage, a future or a reactive type,
 * that fails with it instead.
 *
 * <h2>Reactive types</h2>
 *
 * <p>Each subscription is one call with a permit of its own, and so is each that an operator like {@code retry} or
 * {@code repeat} makes. The method itself is called for each of them, with the same arguments, once it is permitted; not when
 * the caller assembles its pipeline. What it throws is an error signal. Subscribers never wait for permission; where the store
 * must be asked for it, the rest happens in the common pool.
 *
 * <ul>
 *   <li>A single value, or its absence, is judged like a returned result; an error like a thrown exception.
 *   <li>The elements of a stream are not judged: it is a success when it completes, a failure when it fails. What a fallback
 *       then emits follows the elements so far.
 *   <li>Cancelled before the first element, the call is not counted and gives its permit back; cancelled later, it is a success.
 *       A timeout outside of the method cancels, so it is no failure: put the timeout inside the method.
 *   <li>Calls are timed from the subscription to the end or the cancellation, so a stream's time includes that of a subscriber
 *       who is slow to ask for more.
 *   <li>A method that returns null is at fault itself: the subscriber gets a {@link NullPointerException}, nothing is counted.
 * </ul>
 *
 * <h2>Order</h2>
 *
 * <p>The circuit breaker stands outside transactions, caches, {@code @Retryable} and {@code @ConcurrencyLimit}: a call with
 * all its retries counts once, and a rejected call is not retried. The order is configurable to stand inside the latter two.
 * It always stands inside {@code @Async}, where it sees the call and not its submission.
 *
 * @see #fallbackMethod()
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface CircuitBreaker {

    /**
     * Name of the circuit. Methods that use the same name share one. May hold placeholders: <code>"${partner.circuit}"</code>.
     */
    String name();

    /**
     * Name of the method that answers for a call that was rejected or that failed; empty for none. May hold placeholders.
     *
     * <p>The method is looked for in the bean's class, whatever its visibility and also if it is static, then in the
     * superclasses (their private methods too), then among the default methods of the interfaces. {@code "bean::method"} names
     * a method of another bean instead. It is called directly, past any proxy: neither circuit breakers nor transactions nor
     * caches apply to it.
     *
     * <p>Its parameters are those of the guarded method, or those and one more of type {@link Throwable} or a subclass, or
     * that one alone. It must return what the guarded method returns. There may be several of the same name: the one with the
     * closest type of exception answers, or else the one without. Where there is none for an exception, it goes out as it is;
     * what the fallback itself throws goes out likewise, as far as the guarded method declares it.
     *
     * <ul>
     *   <li>A rejected call is answered by a fallback without exception, or one for {@link CallNotPermittedException} or a
     *       superclass. Only the latter costs the making of that exception.
     *   <li>A recorded failure is answered by a fallback for the exception that was thrown, or one without exception. The
     *       latter also answers where a returned result was classified as failure.
     *   <li>An exception that is ignored or a success, such as a business error, goes out untouched, unless the fallback names it: its
     *       parameter must be that exception's class or a superclass below {@link Throwable}, {@link Exception} and
     *       {@link RuntimeException}.
     *   <li>A {@link VirtualMachineError} always goes out untouched.
     * </ul>
     */
    String fallbackMethod() default "";

    /**
     * Expression over the arguments for one circuit per key: {@code "#tenant"}, {@code "#request.host"}; empty for one circuit.
     *
     * <p>A SpEL expression that may name parameters ({@code #tenant}, or {@code #p0} for the first), {@code args},
     * {@code target}, {@code method} and beans ({@code @bean}). Its value's text is the key, so it should be short and there
     * should not be many: see {@link KeyedBreakers}, which bounds both. The circuit of {@code acme} is named
     * {@code name[acme]} and has the settings of {@code name}. Where the value is null or cannot be found, the call passes the
     * circuit {@code name}. A parameter alone costs next to nothing, any other expression is evaluated for every call: where the
     * method returns a reactive type when that is assembled, while its circuit is looked up at each subscription.
     */
    String key() default "";

    /**
     * Name of the template, an entry of {@code breaker.configs}, that the circuit takes its settings from; empty for the
     * defaults. Settings under the circuit's own name come first. May hold placeholders.
     */
    @AliasFor("configuration")
    String config() default "";

    /** Another name of {@link #config()}, that of Resilience4j. */
    @AliasFor("config")
    String configuration() default "";
}
