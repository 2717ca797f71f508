package dev.breaker.spring.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A network between a service and a server, which can lose what it carries. A connection that has lost a byte is lost for ever,
 * as with a firewall that has forgotten it: it stays open, and nothing comes out of it any more.
 */
final class Wire implements AutoCloseable {

    private final ServerSocket server;
    private final List<Socket> waiting = new ArrayList<>();
    private final List<Line> lines = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService late = Executors.newSingleThreadScheduledExecutor();
    private final LongAdder lost = new LongAdder();
    private volatile int target;
    private volatile Trouble trouble = Trouble.NONE;

    /** What becomes of the bytes. */
    enum Trouble {
        NONE,
        /** Both directions vanish. */
        BLACK_HOLE,
        /** The server gets and does everything, and is not heard. */
        REPLIES_LOST,
        /** What a server publishes vanishes. */
        MESSAGES_LOST,
        /** Each reply takes 100 ms longer. */
        SLOW
    }

    private Wire(int target, int backlog) throws IOException {
        this.target = target;
        server = new ServerSocket(0, backlog, InetAddress.getLoopbackAddress());
    }

    /** To a server at a local port. */
    static Wire to(int target) throws IOException {
        Wire wire = new Wire(target, 50);
        wire.answer();
        return wire;
    }

    /** As {@link #to}, but whoever connects gets no answer, not even a refusal, until {@link #answer}. */
    static Wire unanswered(int target) throws IOException {
        Wire wire = new Wire(target, 1);
        for (boolean full = false; !full; ) {
            Socket socket = new Socket();
            wire.waiting.add(socket);
            try {
                socket.connect(wire.server.getLocalSocketAddress(), 200);
            } catch (SocketTimeoutException noAnswer) {
                full = true;
            }
        }
        return wire;
    }

    int port() {
        return server.getLocalPort();
    }

    /** Lets those in who connect. */
    void answer() {
        threads.execute(this::accept);
    }

    Wire suffer(Trouble suffered) {
        trouble = suffered;
        return this;
    }

    /** How many bytes have vanished. */
    long lost() {
        return lost.sum();
    }

    /** New connections go to another server, as when an address moves; those that exist stay. */
    void redirect(int other) {
        target = other;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Line line = new Line(client, new Socket(InetAddress.getLoopbackAddress(), target));
                lines.add(line);
                threads.execute(line::requests);
                threads.execute(line::replies);
            } catch (IOException closed) {
                if (!server.isClosed()) {
                    throw new IllegalStateException(closed);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
        late.shutdownNow();
        for (Socket socket : waiting) {
            socket.close();
        }
        lines.forEach(Line::end);
    }

    /** One connection. */
    private final class Line {

        private final Socket client;
        private final Socket redis;
        private volatile boolean subscribed;
        private volatile boolean requestsLost;
        private volatile boolean repliesLost;

        private Line(Socket client, Socket redis) {
            this.client = client;
            this.redis = redis;
        }

        private void requests() {
            carry(
                    client,
                    (bytes, out) -> {
                        subscribed |= new String(bytes, StandardCharsets.ISO_8859_1).contains("SUBSCRIBE");
                        requestsLost |= trouble == Trouble.BLACK_HOLE;
                        if (requestsLost) {
                            lost.add(bytes.length);
                        } else {
                            out.write(bytes);
                        }
                    },
                    redis);
        }

        private void replies() {
            carry(
                    redis,
                    (bytes, out) -> {
                        repliesLost |= trouble == Trouble.BLACK_HOLE
                                || trouble == Trouble.REPLIES_LOST
                                || (trouble == Trouble.MESSAGES_LOST && subscribed);
                        if (repliesLost) {
                            lost.add(bytes.length);
                        } else if (trouble == Trouble.SLOW) {
                            var unused = late.schedule(() -> write(bytes, out), 100, TimeUnit.MILLISECONDS);
                        } else {
                            out.write(bytes);
                        }
                    },
                    client);
        }

        /* When one side ends, however it does, so does the other. */
        private void carry(Socket from, Carrier carrier, Socket to) {
            try (InputStream in = from.getInputStream();
                    OutputStream out = to.getOutputStream()) {
                byte[] buffer = new byte[65_536];
                for (int read; (read = in.read(buffer)) >= 0; ) {
                    byte[] bytes = new byte[read];
                    System.arraycopy(buffer, 0, bytes, 0, read);
                    carrier.carry(bytes, out);
                }
            } catch (IOException ended) {
                lines.remove(this);
            } finally {
                end();
            }
        }

        private void write(byte[] bytes, OutputStream out) {
            try {
                out.write(bytes);
            } catch (IOException ended) {
                end();
            }
        }

        private void end() {
            try (client;
                    redis) {
                lines.remove(this);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private interface Carrier {
        void carry(byte[] bytes, OutputStream out) throws IOException;
    }
}
