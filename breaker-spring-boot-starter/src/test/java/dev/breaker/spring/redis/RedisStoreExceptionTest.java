package dev.breaker.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server's words tell. */
class RedisStoreExceptionTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "READONLY You can't write against a read only replica. script: 6b81, on @user_script:1.",
                "ERR Error running script (call to f_1028): @user_script:4: @user_script: 4: -READONLY You can't write"
            })
    void knowsAReplicaByTheWordsOfEveryRedis(String words) {
        RedisStoreException answer = RedisStoreException.answered(new IllegalStateException(words));

        assertThat(answer.isReadOnly()).isTrue();
        assertThat(answer.at("Redis redis:6379").isReadOnly()).isTrue();
    }

    @Test
    void takesNoOtherAnswerForAReplicas() {
        var answer = RedisStoreException.answered(new IllegalStateException("OOM command not allowed"));

        assertThat(answer.isReadOnly()).isFalse();
        assertThat(answer.isAnswered()).isTrue();
    }
}
