package dev.breaker.sample.demo;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Does what is typed into the demo's terminal or clicked on its page, and tells both in one line what came of it. */
final class Commands {

    static final String USAGE =
            "<part> stop | start, redis freeze | thaw, partner fails <percent>, partner delays <ms>, add,"
                    + " customers on | off, send <number>, status, quit";

    private static final Pattern PART = Pattern.compile("(\\S+) (stop|start)");
    private static final Pattern FREEZE = Pattern.compile("(redis) (freeze|thaw)");
    private static final Pattern FAULT = Pattern.compile("partner (fails|delays) (\\d{1,6})");
    private static final Pattern SEND = Pattern.compile("send ([1-9]\\d{0,2})");

    private final Parts parts;
    private final PartnerFaults faults;
    private final Customers customers;
    private final Transcript transcript;

    Commands(Parts parts, PartnerFaults faults, Customers customers, Transcript transcript) {
        this.parts = parts;
        this.faults = faults;
        this.customers = customers;
        this.transcript = transcript;
    }

    /**
     * Does what a line says.
     *
     * @param line a command
     * @return what came of it, which the terminal shows as well
     * @throws DemoException if there is no such command or it cannot be done; the terminal does not show that
     */
    String run(String line) throws InterruptedException {
        String answer = answer(line.strip().replaceAll("\\s+", " "));
        transcript.say(answer);
        return answer;
    }

    private String answer(String line) throws InterruptedException {
        for (Pattern moves : List.of(PART, FREEZE)) {
            Matcher move = moves.matcher(line);
            Part part = move.matches() ? parts.named(move.group(1)) : null;
            if (part != null) {
                return move(part, move.group(2));
            }
        }
        Matcher fault = FAULT.matcher(line);
        if (fault.matches()) {
            return faults.set(
                    fault.group(1).equals("fails") ? "failRate" : "delayMs", Integer.parseInt(fault.group(2)));
        }
        Matcher send = SEND.matcher(line);
        if (send.matches()) {
            return customers.rush(Integer.parseInt(send.group(1))).toString();
        }
        return other(line);
    }

    private String other(String line) throws InterruptedException {
        return switch (line) {
            case "add" -> move(parts.addOffers(), "start");
            case "customers on" -> admit(true);
            case "customers off" -> admit(false);
            case "status" -> parts.all().stream().map(Part::describe).collect(Collectors.joining("\n"));
            default ->
                throw new DemoException("Unknown: " + line + ". There is: " + USAGE + "; a part is one of "
                        + parts.all().stream().map(Part::name).collect(Collectors.joining(", ")) + ".");
        };
    }

    private String move(Part part, String how) throws InterruptedException {
        switch (how) {
            case "stop" -> part.kill();
            case "freeze" -> part.freeze();
            case "thaw" -> part.thaw();
            default -> parts.start(part);
        }
        return part.describe();
    }

    private String admit(boolean letIn) {
        customers.letIn(letIn);
        return letIn ? "customers    one a second for each offer service" : "customers    none";
    }
}
