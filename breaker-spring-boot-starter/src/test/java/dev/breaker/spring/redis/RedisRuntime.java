package dev.breaker.spring.redis;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.testcontainers.DockerClientFactory;

/** Runs one server at a time on one port, and keeps its data directory from start to start. */
interface RedisRuntime extends AutoCloseable {

    void start(List<String> options);

    /** TERM, KILL, STOP or CONT. */
    void signal(String name);

    void awaitEnd();

    String describe();

    @Override
    void close();

    static RedisRuntime create(int port) {
        if (System.getProperty("breaker.test.redis", "").isEmpty() && hasContainerEngine()) {
            return new RedisContainer(port);
        }
        return new RedisProcess(port);
    }

    /* Asked last, because Testcontainers takes half a second and logs an error where there is no engine. */
    private static boolean hasContainerEngine() {
        String host = System.getenv("DOCKER_HOST");
        boolean local = host == null ? Files.exists(Path.of("/var/run/docker.sock")) : host.startsWith("unix:");
        boolean sharesNetwork = System.getProperty("os.name").equals("Linux");
        return local && sharesNetwork && DockerClientFactory.instance().isDockerAvailable();
    }
}
