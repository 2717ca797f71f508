package dev.breaker.spring.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The pages that people read, and the blocks of code in them. */
final class Pages {

    static final Path ROOT = Path.of("..");

    private Pages() {}

    /** A block of code, and the line of the page that its first line is. */
    record Block(Path page, int line, String language, String text) {

        @Override
        public String toString() {
            return page.getFileName() + ":" + line + " " + language;
        }
    }

    static List<Path> all() {
        List<Path> pages = new ArrayList<>(Stream.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
                .map(ROOT::resolve)
                .toList());
        pages.add(Path.of("BENCHMARKS.md"));
        pages.add(Path.of("RELIABILITY.md"));
        try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return pages;
    }

    static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static List<Block> blocks() {
        return all().stream().flatMap(page -> blocks(page).stream()).toList();
    }

    static List<Block> blocks(Path page) {
        List<Block> blocks = new ArrayList<>();
        List<String> lines = read(page).lines().toList();
        int start = -1;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.startsWith("```") && start < 0) {
                start = i;
            } else if (line.equals("```")) {
                String language = lines.get(start).strip().substring(3);
                String text = String.join("\n", lines.subList(start + 1, i)) + "\n";
                blocks.add(new Block(page, start + 2, language, text));
                start = -1;
            }
        }
        return blocks;
    }

    /** A page without its blocks of code. */
    static String prose(Path page) {
        return read(page).replaceAll("(?ms)^```.*?^```$", "");
    }
}
