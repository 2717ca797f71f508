package dev.breaker.spring.aop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.spring.annotation.CircuitBreaker;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.aop.support.AopUtils;
import org.springframework.context.annotation.Scope;

class ProxyClassTest {

    @Scope("prototype")
    static class Offers {
        @CircuitBreaker(name = "one")
        String one() {
            return "one";
        }

        @CircuitBreaker(name = "two")
        String two() {
            return "two";
        }
    }

    @Test
    void isOneForAllInstancesOfABean() {
        try (Circuits circuits = Circuits.around(Offers.class)) {
            assertThat(Stream.generate(() -> circuits.bean(Offers.class)).limit(3))
                    .allMatch(AopUtils::isCglibProxy)
                    .doesNotHaveDuplicates()
                    .extracting(Object::getClass)
                    .containsOnly(circuits.bean(Offers.class).getClass());
        }
    }
}
