package dev.breaker.sample.demo;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;

/** The role {@code demo}: Redis, a partner and offer services, each a process of its own, in one terminal until Ctrl-C. */
public final class Demo {

    private final Options options;
    private final Parts parts;
    private final Transcript transcript;
    private final Commands commands;
    private final Stage stage;
    private volatile @Nullable ConfigurableApplicationContext page;

    Demo(Class<?> main, Options options) {
        this.options = options;
        Local local = new Local();
        transcript = new Transcript();
        parts = new Parts(main, options, local, transcript::say);
        Customers customers = new Customers(parts, local);
        commands = new Commands(parts, new PartnerFaults(parts.partner(), local), customers, transcript);
        stage = new Stage(System.currentTimeMillis(), options, parts, local, customers, transcript);
    }

    /**
     * Runs the demo until it is told to quit.
     *
     * @param main the sample's main class
     * @param args the demo's options
     */
    public static void run(Class<?> main, String... args) {
        try {
            Demo demo = new Demo(main, Options.parse(args));
            demo.start();
            new Console(demo.commands, demo.transcript).run();
            // The end of the input is not the end of the demo: it may run without a terminal.
            Thread.currentThread().join();
        } catch (DemoException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        } catch (InterruptedException e) {
            System.exit(1);
        }
    }

    /** Starts all parts and the page, and says when they are up. */
    void start() throws InterruptedException {
        System.out.println(
                "Starting " + parts.all().stream().map(Part::name).collect(Collectors.joining(", ")) + " ...");
        Ports.requireFree(options.page(), "the page");
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
        parts.all().forEach(Part::launch);
        page = PageApplication.start(options.page(), stage, commands);
        for (Part part : parts.all()) {
            parts.start(part);
            System.out.println("  " + part.describe());
        }
        System.out.println(Screen.of(options));
    }

    /** Ends all parts, and waits until they have ended. */
    void stop() {
        parts.stop();
        ConfigurableApplicationContext served = page;
        if (served != null) {
            served.close();
        }
    }

    Parts parts() {
        return parts;
    }
}
