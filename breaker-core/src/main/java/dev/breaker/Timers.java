package dev.breaker;

/** Runs tasks later, one at a time. Never blocks its caller. */
interface Timers {

    /** A task that has not run yet. */
    interface Task {
        void cancel();
    }

    /** Runs the task once, after the delay in nanoseconds. */
    Task after(long nanos, Runnable task);

    /** Runs the task as soon as possible. */
    void soon(Runnable task);

    /** Drops all tasks, present and future. */
    void stop();

    boolean isStopped();
}
