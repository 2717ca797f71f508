package dev.breaker.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.breaker.spring.redis.RealRedis;
import org.junit.jupiter.api.Test;

class ServerInfoTest {

    private static final String INFO = """
            # Stats\r
            total_net_input_bytes:%d\r
            total_net_output_bytes:%d\r
            # CPU\r
            used_cpu_sys:%s\r
            used_cpu_user:2.0\r
            # Commandstats\r
            cmdstat_evalsha:calls=%d,usec=%d,usec_per_call=1.00,rejected_calls=0,failed_calls=0\r
            cmdstat_hmget:calls=%d,usec=7,usec_per_call=1.00,rejected_calls=0,failed_calls=0\r
            cmdstat_info:calls=%d,usec=7,usec_per_call=1.00,rejected_calls=0,failed_calls=0\r
            """;

    @Test
    void tellsWhatHappenedBetweenTwoMoments() {
        ServerInfo before = ServerInfo.parse(INFO.formatted(1_000, 2_000, "1.5", 10, 400, 20, 1), 5);
        ServerInfo after = ServerInfo.parse(INFO.formatted(4_024, 9_000, "1.75", 14, 600, 40, 2), 2_000_000_005);
        ServerInfo work = after.since(before);
        assertThat(work.seconds()).isEqualTo(2);
        assertThat(work.commands()).isEqualTo(4);
        assertThat(work.insideScripts()).isEqualTo(20);
        assertThat(work.microsPerCommand()).isEqualTo(50);
        assertThat(work.cpuSeconds()).isEqualTo(0.25, within(1e-9));
        assertThat(work.calls()).containsOnlyKeys("evalsha", "hmget");
    }

    @Test
    void refusesAServerThatSaysTooLittle() {
        assertThatThrownBy(() -> ServerInfo.parse("total_net_input_bytes:1\r\n", 0))
                .hasMessage("The server says nothing of total_net_output_bytes.");
    }

    @Test
    void countsNothingOfItsOwnQuestions() {
        try (RealRedis redis = RealRedis.start()) {
            ServerInfo before = ask(redis);
            ServerInfo work = ask(redis).since(before);
            assertThat(work.bytesIn()).isZero();
            assertThat(work.bytesOut()).isZero();
            assertThat(work.calls()).isEmpty();
        }
    }

    private static ServerInfo ask(RealRedis redis) {
        return ServerInfo.parse((String) redis.command("INFO", "all"), System.nanoTime());
    }
}
