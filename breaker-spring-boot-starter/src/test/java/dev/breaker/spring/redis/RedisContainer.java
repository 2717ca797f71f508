package dev.breaker.spring.redis;

import com.github.dockerjava.api.DockerClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.testcontainers.containers.GenericContainer;

/**
 * A server in a container, which Testcontainers removes when this JVM has ended. It shares the network of the host, so that the
 * nodes of a cluster find one another under the addresses that clients use.
 */
final class RedisContainer implements RedisRuntime {

    private static final String IMAGE = System.getProperty("breaker.test.redis.image", "redis:7.4-alpine");

    private final int port;

    private GenericContainer<?> container;

    RedisContainer(int port) {
        this.port = port;
    }

    @Override
    @SuppressWarnings("resource") // closed by close()
    public void start(List<String> options) {
        if (container != null) {
            client().startContainerCmd(container.getContainerId()).exec();
            return;
        }
        List<String> command = new ArrayList<>(List.of("redis-server", "--port", "" + port, "--bind", "127.0.0.1"));
        command.addAll(options);
        container = new GenericContainer<>(IMAGE).withNetworkMode("host").withCommand(command.toArray(String[]::new));
        container.start();
    }

    @Override
    public void signal(String name) {
        String id = container.getContainerId();
        switch (name) {
            case "STOP" -> client().pauseContainerCmd(id).exec();
            case "CONT" -> client().unpauseContainerCmd(id).exec();
            default -> client().killContainerCmd(id).withSignal(name).exec();
        }
    }

    @Override
    public void awaitEnd() {
        try {
            client().waitContainerCmd(container.getContainerId()).start().awaitStatusCode(10, TimeUnit.SECONDS);
        } catch (RuntimeException e) {
            throw new IllegalStateException("Still running: " + container.getContainerId(), e);
        }
    }

    @Override
    public String describe() {
        return "container of " + IMAGE;
    }

    @Override
    public void close() {
        if (container != null) {
            container.stop();
        }
    }

    private DockerClient client() {
        return container.getDockerClient();
    }
}
