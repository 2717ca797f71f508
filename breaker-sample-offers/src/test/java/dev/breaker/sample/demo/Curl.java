package dev.breaker.sample.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command line of curl as the documentation has it: its options are {@code -s}, {@code -H} and {@code -d}.
 *
 * @param url what is asked; braces in it make several of one
 * @param headers each with its value
 * @param body what is sent, empty for a question
 */
record Curl(String url, List<String> headers, String body) {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
    private static final Pattern BRACES = Pattern.compile("(.*)\\{(.*)}(.*)");

    static Curl parse(String line) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(line.replace("\\\n", " "));
        while (word.find()) {
            words.add(word.group(1) == null ? word.group(2) : word.group(1));
        }
        String url = "";
        String body = "";
        List<String> headers = new ArrayList<>();
        for (int at = 0; at < words.size(); at++) {
            switch (words.get(at)) {
                case "curl", "-s" -> {}
                case "-H" -> headers.add(words.get(++at));
                case "-d" -> body = words.get(++at);
                default -> url = url.isEmpty() ? words.get(at) : fail(line);
            }
        }
        return new Curl(url.startsWith("localhost:") ? url : fail(line), List.copyOf(headers), body);
    }

    private static String fail(String line) {
        throw new IllegalArgumentException("The test does not know this kind of curl: " + line);
    }

    /** Whether it asks and changes nothing. */
    boolean asks() {
        return body.isEmpty();
    }

    List<String> urls() {
        Matcher braces = BRACES.matcher(url);
        if (!braces.matches()) {
            return List.of("http://" + url);
        }
        return Pattern.compile(",")
                .splitAsStream(braces.group(2))
                .map(one -> "http://" + braces.group(1) + one + braces.group(3))
                .toList();
    }

    /** Runs a command line: with curl where there is one, as curl would where there is none. */
    static String run(String line) throws IOException, InterruptedException {
        return isInstalled() ? byShell(line) : parse(line).send();
    }

    private static boolean isInstalled() throws InterruptedException {
        try {
            return new ProcessBuilder("curl", "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static String byShell(String line) throws IOException, InterruptedException {
        Process curl = new ProcessBuilder("sh", "-c", line).start();
        curl.getOutputStream().close();
        String answer = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        curl.waitFor();
        return answer;
    }

    String send() throws IOException, InterruptedException {
        StringBuilder answers = new StringBuilder();
        for (String one : urls()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(one));
            if (!asks()) {
                request.header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(body));
            }
            for (String header : headers) {
                request.setHeader(
                        header.substring(0, header.indexOf(':')),
                        header.substring(header.indexOf(':') + 1).strip());
            }
            answers.append(CLIENT.send(request.build(), BodyHandlers.ofString()).body());
        }
        return answers.toString();
    }
}
