package dev.breaker;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Circuits of one name, one for each key, such as a tenant or a host: what is down for one need not be down for all.
 *
 * <p>The circuit of the key {@code acme} of {@code partner} is named {@code partner[acme]} and has the settings of
 * {@code partner}, but for its health probe: that asks without a key and would find out about another partner, so a key's calls
 * serve as probes. A key that does not fit into a name, being too long or holding brackets or control characters, is replaced by
 * a digest of it ({@code partner[#...]}), so keys may come from anywhere. There are at most
 * {@link BreakerConfig#maxKeys()} at a time, and none takes the {@linkplain BreakerRegistry.Builder#maximumBreakers last room}:
 * further keys share the circuit of the bare name. A circuit that nobody has used for {@link BreakerConfig#keyIdleExpiry()} is
 * removed, unless an operator has overridden it, its wait is not over or the store has yet to be told what an operator decided;
 * what the cluster knows of it stays in the store for its time.
 *
 * <p>A key that is new to this instance learns from the store what the cluster knows of it, and its first calls do not wait
 * for that.
 *
 * <p>Obtained from {@link BreakerRegistry#keyed}. Safe for use by many threads.
 */
public final class KeyedBreakers {

    private static final Logger log = LoggerFactory.getLogger(KeyedBreakers.class);
    private static final int LONGEST_NAME = 150;
    private static final int LONGEST_KEY = 48;
    private static final String DIGEST = "#";
    private static final long LONGEST_PAUSE = Duration.ofSeconds(10).toNanos();

    private final BreakerRegistry registry;
    private final String name;
    private final ConcurrentHashMap<String, Breaker> byKey = new ConcurrentHashMap<>();
    private BreakerTotals removed = BreakerTotals.NONE;
    private final AtomicBoolean full = new AtomicBoolean();
    private long nextSweep;

    KeyedBreakers(BreakerRegistry registry, String name, long now) {
        if (name.length() > LONGEST_NAME) {
            throw new IllegalArgumentException("Invalid name of circuit breakers with keys, " + name.length()
                    + " characters: must have at most " + LONGEST_NAME + ".");
        }
        this.registry = registry;
        this.name = name;
        this.nextSweep = now;
    }

    /** Name of the circuits without their keys. */
    public String name() {
        return name;
    }

    /**
     * Finds or creates the circuit of a key.
     *
     * @param key null for the circuit of the bare name
     */
    public Breaker breaker(@Nullable String key) {
        if (key == null) {
            return registry.breaker(name);
        }
        String id = isShort(key) ? key : digest(key);
        Breaker known = byKey.get(id);
        return known != null ? known : create(id);
    }

    private Breaker create(String id) {
        String fullName = name + '[' + printable(id) + ']';
        /* Without a lock: made by somebody else under its full name, it is found here by each of its calls. */
        Breaker others = registry.find(fullName).orElse(null);
        if (others != null) {
            return others;
        }
        Breaker shared = registry.breaker(name);
        if (isFull(shared)) {
            return shared;
        }
        synchronized (this) {
            Breaker known = byKey.get(id);
            if (known != null) {
                return known;
            }
            return isFull(shared) ? shared : create(fullName, id, shared);
        }
    }

    private Breaker create(String fullName, String id, Breaker shared) {
        Breaker created = registry.keyed(name, fullName, shared.config()).orElse(shared);
        /* Made by somebody else under its full name, it is theirs; and a listener may have removed it by now. */
        boolean ours = created.family().filter(name::equals).isPresent();
        if (ours && registry.find(fullName).filter(created::equals).isPresent()) {
            byKey.put(id, created);
        }
        return created;
    }

    /* Without a lock: where keys are many, most calls come here. */
    private boolean isFull(Breaker shared) {
        int most = shared.config().maxKeys();
        boolean enough = byKey.size() >= most;
        boolean isFull = enough || registry.isFullForKeys();
        if (isFull && full.compareAndSet(false, true)) {
            log.warn(
                    "Circuit breaker '{}' has {} keys, and further ones share one circuit: {}",
                    name,
                    byKey.size(),
                    enough
                            ? "it may have " + most + " at most"
                            : "the registry has room for keys up to " + registry.roomForKeys() + " circuit breakers");
        }
        return isFull;
    }

    /* A key of any other length could fill the memory, and one that begins as a digest could be another key's. */
    private static boolean isShort(String key) {
        return key.length() <= LONGEST_KEY && !key.startsWith(DIGEST);
    }

    /* With a bracket in it, a key could end where another name's begins. */
    private static String printable(String id) {
        boolean fits = OneLine.fits(id) && !id.isBlank() && id.indexOf('[') < 0 && id.indexOf(']') < 0;
        return fits ? id : digest(id);
    }

    /* A hundred and twenty-eight bits: nobody finds two keys with the same ones. */
    private static String digest(String key) {
        try {
            /* Not encoded: that would take all halves of characters for the same. */
            ByteBuffer chars = ByteBuffer.allocate(2 * key.length());
            chars.asCharBuffer().put(key);
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(chars.array());
            return DIGEST
                    + Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(hash)
                            .substring(0, 22);
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException(never);
        }
    }

    /** The circuits that there are now, in no particular order, without that of the bare name. */
    public Collection<Breaker> breakers() {
        return List.copyOf(byKey.values());
    }

    /** How many circuits there are now. */
    public int size() {
        return byKey.size();
    }

    /** Calls of all keys together, also of those that have been removed. */
    public synchronized BreakerTotals totals() {
        BreakerTotals totals = removed;
        for (Breaker breaker : byKey.values()) {
            totals = totals.plus(breaker.totals());
        }
        return totals;
    }

    /** Removes circuits that nobody uses any more, if it is time to look. */
    void sweep(long now) {
        if (byKey.isEmpty() || now - nextSweep < 0) {
            return;
        }
        nextSweep = now
                + byKey.values().stream()
                        .mapToLong(breaker -> breaker.config().keyIdleExpiry().toNanos() / 4)
                        .reduce(LONGEST_PAUSE, Math::min);
        byKey.values().stream()
                .filter(KeyedBreakers::isDone)
                .toList()
                .forEach(breaker -> registry.remove(breaker.name()));
    }

    private static boolean isDone(Breaker breaker) {
        if (breaker.idleFor().compareTo(breaker.config().keyIdleExpiry()) < 0) {
            return false;
        }
        Duration wait = breaker.snapshot().timeLeftOpen();
        return (wait == null || wait.isZero()) && !breaker.circuit().keepsADecision();
    }

    /** The registry has removed a circuit. */
    synchronized void forget(Breaker breaker) {
        String id = breaker.name().substring(name.length() + 1, breaker.name().length() - 1);
        if (byKey.remove(id, breaker) || byKey.values().remove(breaker)) {
            removed = removed.plus(breaker.totals());
            full.set(false);
        }
    }
}
