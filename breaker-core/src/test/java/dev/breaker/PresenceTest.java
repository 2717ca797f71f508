package dev.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.breaker.Cluster.Node;
import dev.breaker.FaultyStore.Fault;
import dev.breaker.shared.InstanceReport;
import dev.breaker.shared.InstanceReport.Line;
import dev.breaker.shared.SharedState.Kind;
import dev.breaker.shared.SharedStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the instances of a cluster know of each other. */
class PresenceTest {

    private final Cluster cluster =
            new Cluster(3, BreakerConfig.builder().failureRateThreshold(50).minimumNumberOfCalls(10));

    private static CompletableFuture<List<InstanceReport>> asked(Node node) {
        return node.registry.instances().toCompletableFuture();
    }

    private static List<InstanceReport> instances(Node node) {
        return asked(node).getNow(List.of());
    }

    private static List<String> ids(Node node) {
        return instances(node).stream().map(InstanceReport::instance).toList();
    }

    private long told() {
        return cluster.store.presence.stream().filter("report"::equals).count();
    }

    private long read() {
        return cluster.store.presence.stream().filter("reports"::equals).count();
    }

    @Nested
    class Telling {

        @Test
        void letsEveryInstanceSeeAll() {
            cluster.node(1).succeeds(3).fails(1).breaker.countFallback();
            cluster.afterSeconds(6);

            List<InstanceReport> seen = instances(cluster.node(2));

            assertThat(seen).extracting(InstanceReport::instance).containsExactly("node-2", "node-0", "node-1");
            assertThat(seen.get(2).lines()).containsExactly(new Line("partner", Kind.CLOSED, false, 4, 0, 1));
            assertThat(seen.get(2).age()).isLessThan(Duration.ofSeconds(6));
        }

        @Test
        void namesTheInstanceThatIsOpenAlone() {
            cluster.nodes.subList(1, 3).forEach(node -> node.succeeds(50));
            cluster.afterSeconds(1);
            cluster.node(0).fails(10).isRejected();
            cluster.afterSeconds(6);

            assertThat(instances(cluster.node(1)))
                    .extracting(InstanceReport::isolated)
                    .containsExactly(List.of(), List.of("partner"), List.of());
            assertThat(instances(cluster.node(1)).get(1).lines())
                    .containsExactly(new Line("partner", Kind.OPEN, true, 10, 1, 0));
        }

        @Test
        void doesNotTakeAnOpenClusterForAnIsolatedInstance() {
            cluster.node(0).fails(10);
            cluster.afterSeconds(6);

            assertThat(instances(cluster.node(1)))
                    .allMatch(instance -> instance.isolated().isEmpty())
                    .allMatch(instance -> instance.lines().get(0).state() == Kind.OPEN);
        }

        @Test
        void costsOneCommandInFiveSecondsHoweverManyCircuitsThereAre() {
            for (int i = 0; i < 50; i++) {
                cluster.node(0).registry.breaker("another-" + i);
            }
            cluster.afterSeconds(100);

            assertThat(told()).isBetween(3 * 18L, 3 * 22L);
        }

        @Test
        void leavesOutWhatIsNotShared() {
            BreakerRegistry registry = BreakerRegistry.builder()
                    .ticker(cluster.ticker)
                    .store(cluster.store)
                    .instance("private")
                    .configs(name -> BreakerConfig.builder().sharing(false).build())
                    .build();
            registry.breaker("secret");
            cluster.afterSeconds(6);

            assertThat(instances(cluster.node(0)).get(3).lines()).isEmpty();
            assertThat(registry.instances().toCompletableFuture().join().get(0).lines())
                    .extracting(Line::breaker)
                    .containsExactly("secret");
        }

        @Test
        void endsWhenTheInstanceCloses() {
            cluster.afterSeconds(6);
            cluster.node(0).registry.close();

            assertThat(ids(cluster.node(1))).containsExactly("node-1", "node-2");
            cluster.afterSeconds(6);
            assertThat(ids(cluster.node(1))).containsExactly("node-1", "node-2");
        }

        @Test
        void isForgottenWhenAnInstanceDies() {
            InstanceReport dying = new InstanceReport("dying", Duration.ZERO, List.of(), 0);
            cluster.memory.report(dying, Presence.TTL);
            assertThat(ids(cluster.node(0))).contains("dying");

            assertThat(ids(cluster.afterSeconds(20).node(0))).doesNotContain("dying");
        }

        @Test
        void doesNotDelayTheEndWhenTheStoreHangs() {
            cluster.afterSeconds(6);
            cluster.store.affected = "report"::equals;
            cluster.store.fault = Fault.HUNG;

            cluster.node(0).registry.close();

            assertThat(cluster.node(0).registry.instances()).isCompleted();
        }
    }

    @Nested
    class Asking {

        @Test
        void costsNothingWhileNobodyDoes() {
            cluster.afterSeconds(60);

            assertThat(read()).isZero();
        }

        @Test
        void costsOneCommandInFiveSecondsHoweverManyDo() {
            for (int i = 0; i < 100; i++) {
                cluster.after(Duration.ofMillis(200));
                instances(cluster.node(0));
                instances(cluster.node(0));
            }
            assertThat(read()).isBetween(3L, 5L);
        }

        @Test
        void isDoneOnceForAllWhoWait() {
            cluster.store.fault = Fault.HELD;
            CompletableFuture<List<InstanceReport>> first = asked(cluster.node(0));
            CompletableFuture<List<InstanceReport>> second = asked(cluster.node(0));
            assertThat(first).isNotDone();
            assertThat(read()).isOne();

            cluster.store.proceed();

            assertThat(first).isCompleted();
            assertThat(second).isCompleted();
        }

        @Test
        void endsAfterHalfASecondWithoutAnAnswer() {
            cluster.afterSeconds(6);
            assertThat(ids(cluster.node(0))).hasSize(3);
            cluster.afterSeconds(5);
            cluster.store.fault = Fault.HUNG;

            CompletableFuture<List<InstanceReport>> answer = asked(cluster.node(0));
            cluster.after(Duration.ofMillis(499));
            assertThat(answer).isNotDone();
            cluster.after(Duration.ofMillis(1));

            assertThat(answer.getNow(List.of())).hasSize(3);
        }

        @Test
        void outlivesAnAnswerThatMakesNoSense() {
            SharedStore odd = new InterceptedStore(new InMemoryStore(cluster.ticker)) {
                @Override
                <T> CompletionStage<T> run(String operation, Supplier<CompletionStage<T>> real) {
                    return real.get();
                }

                @Override
                public CompletionStage<List<InstanceReport>> reports() {
                    return CompletableFuture.completedFuture(Arrays.asList(
                            null,
                            new InstanceReport("eternal", Duration.ofSeconds(Long.MAX_VALUE), List.of(), 0),
                            new InstanceReport("sound", Duration.ZERO, List.of(), 0)));
                }
            };
            BreakerRegistry registry = BreakerRegistry.builder()
                    .ticker(cluster.ticker)
                    .store(odd)
                    .instance("asking")
                    .build();

            for (int i = 0; i < 2; i++) {
                cluster.afterSeconds(5);
                assertThat(registry.instances().toCompletableFuture().getNow(List.of()))
                        .extracting(InstanceReport::instance)
                        .containsExactly("asking", "sound");
            }
        }

        @Test
        void endsWithTheRegistry() {
            cluster.store.affected = "reports"::equals;
            cluster.store.fault = Fault.HUNG;
            CompletableFuture<List<InstanceReport>> answer = asked(cluster.node(0));

            cluster.node(0).registry.close();

            assertThat(answer).isCompleted();
        }

        @Test
        void knowsThisInstanceWithoutAStore() {
            BreakerRegistry alone = BreakerRegistry.builder()
                    .ticker(cluster.ticker)
                    .instance("alone")
                    .build();
            alone.breaker("partner");

            assertThat(alone.instances().toCompletableFuture().join())
                    .containsExactly(new InstanceReport(
                            "alone", Duration.ZERO, List.of(new Line("partner", Kind.CLOSED, false, 0, 0, 0)), 0));
        }
    }

    @Nested
    class Outage {

        @Test
        void makesWhatIsKnownOldAndIsNotProlongedByReports() {
            cluster.afterSeconds(6);
            instances(cluster.node(0));
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(5);
            cluster.store.presence.clear();
            cluster.afterSeconds(60);

            assertThat(instances(cluster.node(0)))
                    .hasSize(3)
                    .filteredOn(instance -> !instance.instance().equals("node-0"))
                    .allMatch(instance -> instance.age().compareTo(Duration.ofSeconds(65)) >= 0);
            assertThat(cluster.store.presence).isEmpty();
        }

        @Test
        void isFollowedByNewsWithinSeconds() {
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(60);
            cluster.store.fault = Fault.NONE;
            cluster.afterSeconds(6);

            assertThat(ids(cluster.node(0))).hasSize(3);
        }

        @Test
        void makesWhatIsKnownForgottenAfterTenMinutes() {
            cluster.afterSeconds(6);
            instances(cluster.node(0));
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(600);

            assertThat(ids(cluster.node(0))).containsExactly("node-0");
        }
    }

    @Nested
    class Refusal {

        private final Logger logger = (Logger) LoggerFactory.getLogger(BreakerRegistry.class);

        @Test
        void changesNothingForCircuitsAndIsOneLineInTheLog() {
            ListAppender<ILoggingEvent> lines = new ListAppender<>();
            lines.start();
            logger.addAppender(lines);
            cluster.store.affected = operation -> operation.startsWith("report");
            cluster.store.fault = Fault.DOWN;
            cluster.afterSeconds(120);
            cluster.node(0).fails(10);
            cluster.afterSeconds(1);
            logger.detachAppender(lines);

            assertThat(cluster.states()).containsOnly(BreakerState.OPEN);
            assertThat(ids(cluster.node(0))).containsExactly("node-0");
            assertThat(cluster.nodes).allMatch(node -> node.sharing.isEmpty());
            assertThat(cluster.node(0).registry.sharing()).isEqualTo(BreakerSnapshot.Sharing.ACTIVE);
            assertThat(lines.list)
                    .as("one from each instance")
                    .hasSize(3)
                    .allMatch(line -> line.getFormattedMessage().contains("connection refused"));
        }

        @Test
        void byThrowingChangesNothingEither() {
            cluster.store.affected = operation -> operation.startsWith("report");
            cluster.store.fault = Fault.THROWS;
            cluster.afterSeconds(6);

            assertThat(ids(cluster.node(0))).containsExactly("node-0");
            cluster.node(0).fails(10);
            assertThat(cluster.afterSeconds(1).states()).containsOnly(BreakerState.OPEN);
        }
    }
}
