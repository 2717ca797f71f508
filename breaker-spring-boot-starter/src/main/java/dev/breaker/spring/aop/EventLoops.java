package dev.breaker.spring.aop;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.function.BooleanSupplier;
import reactor.core.scheduler.Schedulers;

/** Knows threads that others' work waits for, and that therefore never wait themselves. */
public final class EventLoops {

    private static final boolean REACTOR = links(OfReactor::isThisThread);
    private static final boolean NETTY = links(OfNetty::isThisThread);

    private EventLoops() {}

    /* By use and not by name, which a native image would have to be told of. */
    private static boolean links(BooleanSupplier question) {
        try {
            boolean unused = question.getAsBoolean();
            return true;
        } catch (LinkageError absent) {
            return false;
        }
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
