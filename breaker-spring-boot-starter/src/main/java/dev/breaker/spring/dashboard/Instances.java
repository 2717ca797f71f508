package dev.breaker.spring.dashboard;

import java.util.List;

/** Knows the instances of the service that are alive. */
@FunctionalInterface
interface Instances {

    /** All that are known, this one among them, in no particular order. */
    List<InstanceView> alive();
}
