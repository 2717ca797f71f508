package dev.breaker.spring.dashboard;

import dev.breaker.BreakerConfig;
import dev.breaker.BreakerRegistry;
import dev.breaker.InMemoryStore;
import dev.breaker.ManualTicker;
import dev.breaker.Permit;
import dev.breaker.Ticker;
import dev.breaker.shared.SharedStore;
import dev.breaker.shared.SharedStoreListener;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

/** A service with circuits that open after three failures in a row, on a clock that stands still, with its page exposed. */
final class Service implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    final ManualTicker ticker = new ManualTicker();
    final SharedStore store;
    private final List<SharedStoreListener> subscribers = new CopyOnWriteArrayList<>();
    private volatile SharedStore memory;
    final AtomicBoolean storeIsAway = new AtomicBoolean();
    final ConfigurableApplicationContext application;
    final BreakerRegistry registry;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = DataRedisAutoConfiguration.class)
    static class Application {}

    Service(String... properties) {
        this(List.of(), List.of(), properties);
    }

    /** A service with something more. */
    static Service with(Class<?> configuration, String... properties) {
        return new Service(List.of(configuration), List.of(), properties);
    }

    /** A service with more instances, which are not there but for what is told of them. */
    static Service beside(InstanceView... others) {
        return new Service(List.of(), List.of(others));
    }

    private Service(List<Class<?>> more, List<InstanceView> others, String... properties) {
        this.memory = new InMemoryStore(ticker);
        this.store = unreliable();
        this.application = start(more, others, properties);
        this.registry = application.getBean(BreakerRegistry.class);
    }

    private ConfigurableApplicationContext start(List<Class<?>> more, List<InstanceView> others, String... properties) {
        return new SpringApplicationBuilder(Application.class)
                .sources(more.toArray(Class<?>[]::new))
                .properties(
                        "server.port=0",
                        "server.address=127.0.0.1",
                        "spring.main.banner-mode=off",
                        "spring.application.name=offers",
                        "management.endpoints.web.exposure.include=*",
                        "breaker.defaults.consecutive-failure-threshold=3")
                .properties(properties)
                .initializers(context -> {
                    GenericApplicationContext beans = (GenericApplicationContext) context;
                    beans.registerBean(Ticker.class, () -> ticker);
                    beans.registerBean(SharedStore.class, () -> store);
                    if (!others.isEmpty()) {
                        beans.registerBean(BreakerDashboardEndpoint.class, () -> among(others, beans));
                    }
                })
                .run();
    }

    private BreakerDashboardEndpoint among(List<InstanceView> others, GenericApplicationContext beans) {
        BreakerRegistry known = beans.getBean(BreakerRegistry.class);
        Instances all = () -> Stream.concat(new ClusterInstances(known, ticker).alive().stream(), others.stream())
                .toList();
        return new BreakerDashboardEndpoint("offers", known, ticker, () -> Optional.of("breakers"), all);
    }

    /* Every operation but the registration of a listener is asynchronous. */
    private SharedStore unreliable() {
        return (SharedStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {SharedStore.class}, (proxy, method, arguments) -> {
                    boolean fails = storeIsAway.get() && CompletionStage.class.isAssignableFrom(method.getReturnType());
                    if (method.getName().equals("subscribe")) {
                        subscribers.add((SharedStoreListener) arguments[0]);
                    }
                    return fails
                            ? CompletableFuture.failedFuture(new IOException("connection refused"))
                            : method.invoke(memory, arguments);
                });
    }

    /** The same, with an empty store and no circuit; only its clock and its transitions stay. */
    Service anew() {
        registry.breakers().forEach(circuit -> registry.remove(circuit.name()));
        after(Duration.ofSeconds(1));
        memory = new InMemoryStore(ticker);
        subscribers.forEach(memory::subscribe);
        return this;
    }

    /** Another instance of it. */
    BreakerRegistry peer(String name) {
        return BreakerRegistry.builder()
                .ticker(ticker)
                .store(store)
                .instance(name)
                .configs(any ->
                        BreakerConfig.builder().consecutiveFailureThreshold(3).build())
                .build();
    }

    String url(String path) {
        WebServerApplicationContext web = (WebServerApplicationContext) application;
        return "http://127.0.0.1:" + web.getWebServer().getPort() + path;
    }

    /** Where the page is. */
    String page() {
        return url("/actuator/breakerdashboard");
    }

    static HttpResponse<String> get(String url, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return HTTP.send(request.build(), BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(url, e);
        }
    }

    void succeed(String circuit, int times) {
        for (int i = 0; i < times; i++) {
            registry.breaker(circuit).acquire().success(0);
        }
    }

    void fail(String circuit, int times) {
        fail(registry, circuit, times);
    }

    static void fail(BreakerRegistry registry, String circuit, int times) {
        for (int i = 0; i < times; i++) {
            Permit permit = registry.breaker(circuit).acquire();
            permit.failure(new IOException("connection refused"), 0);
        }
    }

    void reject(String circuit, int times) {
        for (int i = 0; i < times; i++) {
            if (registry.breaker(circuit).tryAcquire() != null) {
                throw new IllegalStateException(circuit + " admits calls");
            }
            registry.breaker(circuit).countFallback();
        }
    }

    void after(Duration time) {
        ticker.advance(time);
    }

    @Override
    public void close() {
        application.close();
    }
}
