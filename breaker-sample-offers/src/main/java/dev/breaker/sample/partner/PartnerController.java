package dev.breaker.sample.partner;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.core.JacksonException;

/** Hot offers, the faults in the way of them, and a count of who asked. */
@RestController
@RequestMapping("/partner")
class PartnerController {

    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile Faults faults;

    PartnerController(Faults faults) {
        this.faults = faults;
    }

    @GetMapping("/offers/{customer}")
    HotOffer offer(@PathVariable String customer) throws InterruptedException {
        requests.incrementAndGet();
        Faults now = faults;
        Thread.sleep(now.delayMs());
        if (ThreadLocalRandom.current().nextInt(100) < now.failRate()) {
            failed.incrementAndGet();
            throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE);
        }
        return HotOffer.of(customer);
    }

    @GetMapping("/faults")
    Faults faults() {
        return faults;
    }

    @PostMapping("/faults")
    Faults misbehave(@RequestBody Faults faults) {
        this.faults = faults;
        return faults;
    }

    @GetMapping("/status")
    Status status() {
        return new Status(requests.get(), failed.get());
    }

    @ExceptionHandler
    ProblemDetail refuse(HttpMessageNotReadableException e) {
        Throwable cause = e.getMostSpecificCause();
        String reason = cause instanceof JacksonException json ? json.getOriginalMessage() : cause.getMessage();
        return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, reason);
    }

    /**
     * Requests for offers since the start.
     *
     * @param requests all of them
     * @param failed those that the faults made fail
     */
    record Status(long requests, long failed) {}
}
