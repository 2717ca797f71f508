package dev.breaker.spring.aop;

import io.netty.util.concurrent.FastThreadLocalThread;
import org.springframework.util.ClassUtils;
import reactor.core.scheduler.Schedulers;

/** Knows threads that others' work waits for, and that therefore never wait themselves. */
public final class EventLoops {

    private static final boolean REACTOR = isPresent("reactor.core.scheduler.Schedulers");
    private static final boolean NETTY = isPresent("io.netty.util.concurrent.FastThreadLocalThread");

    private EventLoops() {}

    private static boolean isPresent(String type) {
        return ClassUtils.isPresent(type, EventLoops.class.getClassLoader());
    }

    /** Whether this thread is Netty's, or one of Reactor's schedulers that refuse to block. */
    public static boolean isThisThreadOne() {
        return (REACTOR && OfReactor.isThisThread()) || (NETTY && OfNetty.isThisThread());
    }

    /* A class of its own, which is not linked without Reactor. */
    private static final class OfReactor {
        static boolean isThisThread() {
            return Schedulers.isInNonBlockingThread();
        }
    }

    private static final class OfNetty {
        static boolean isThisThread() {
            return Thread.currentThread() instanceof FastThreadLocalThread thread && !thread.permitBlockingCalls();
        }
    }
}
