package dev.breaker.spring.autoconfigure;

import dev.breaker.BreakerEvent;
import dev.breaker.BreakerListener;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes transitions, and the end and the return of the sharing, as application events: {@code @EventListener} methods may
 * take a {@link BreakerEvent.Transition} and the like. Outcomes of single calls are for {@link BreakerListener} beans only.
 */
final class ApplicationEvents implements BreakerListener {

    private final ApplicationEventPublisher publisher;

    ApplicationEvents(ApplicationEventPublisher publisher) {
        this.publisher = publisher;
    }

    @Override
    public void onTransition(BreakerEvent.Transition event) {
        publisher.publishEvent(event);
    }

    @Override
    public void onSharingDegraded(BreakerEvent.SharingDegraded event) {
        publisher.publishEvent(event);
    }

    @Override
    public void onSharingRecovered(BreakerEvent.SharingRecovered event) {
        publisher.publishEvent(event);
    }
}
