package dev.breaker.bench;

import dev.breaker.bench.Subject.Population;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jol.info.GraphLayout;

/** Prints what a circuit breaker retains: in bytes, idle and after traffic. */
final class Footprint {

    private static final int CIRCUITS = 25;
    private static final int THREADS = 8;
    private static final int CALLS = 400_000;
    private static final int SETTLED = 2;

    private Footprint() {}

    /**
     * Measures.
     *
     * @param args name of the {@link Subject}
     */
    public static void main(String[] args) throws Exception {
        Population population = Subject.valueOf(args[0]).population();
        /*
         * What is loaded and created only once can be reached as well: by the first half, which is not counted, and by what a
         * registry does of its own accord in its first seconds.
         */
        traffic(create(population, 0));
        TimeUnit.SECONDS.sleep(SETTLED);
        size(population);
        long half = size(population);
        List<Callable<String>> calls = create(population, CIRCUITS);
        long idle = size(population) - half;
        traffic(calls);
        long used = size(population) - half;
        System.out.println(idle / CIRCUITS + " " + used / CIRCUITS);
        Runtime.getRuntime().halt(0);
    }

    private static List<Callable<String>> create(Population population, int from) {
        return IntStream.range(from, from + CIRCUITS)
                .mapToObj(population.calls())
                .toList();
    }

    private static long size(Population population) {
        return GraphLayout.parseInstance(population.root()).totalSize();
    }

    private static void traffic(List<Callable<String>> calls) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        for (Callable<String> call : calls) {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                running.add(threads.submit(() -> {
                    for (int i = 0; i < CALLS / THREADS; i++) {
                        call.call();
                    }
                    return null;
                }));
            }
            for (Future<?> worker : running) {
                worker.get();
            }
        }
        threads.shutdown();
    }
}
