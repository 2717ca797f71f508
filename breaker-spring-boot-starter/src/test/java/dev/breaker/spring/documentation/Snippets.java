package dev.breaker.spring.documentation;

import dev.breaker.spring.documentation.Pages.Block;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Compiles the Java of the pages. A block with a type is taken as it is, any other is the body of a class; both see
 * {@link Surroundings} and what an editor imports by itself.
 */
final class Snippets {

    private static final Pattern TYPE =
            Pattern.compile("(?m)^(public |final |abstract )*(class|interface|record|enum) (\\w+)");

    private static final String IMPORTS = Stream.of(
                    "static org.assertj.core.api.Assertions.*",
                    "dev.breaker.*",
                    "dev.breaker.shared.*",
                    "dev.breaker.spring.annotation.*",
                    "dev.breaker.spring.autoconfigure.*",
                    "dev.breaker.spring.documentation.Surroundings",
                    "dev.breaker.spring.documentation.Surroundings.*",
                    "java.time.*",
                    "java.util.*",
                    "org.junit.jupiter.api.*",
                    "org.springframework.beans.factory.annotation.*",
                    "org.springframework.boot.test.context.*",
                    "org.springframework.cache.annotation.*",
                    "org.springframework.context.annotation.*",
                    "org.springframework.data.redis.connection.*",
                    "org.springframework.data.redis.connection.lettuce.*",
                    "org.springframework.http.*",
                    "org.springframework.resilience.annotation.*",
                    "org.springframework.security.config.*",
                    "org.springframework.security.config.annotation.web.builders.*",
                    "org.springframework.security.web.*",
                    "org.springframework.transaction.annotation.*")
            .map(name -> "import " + name + ";")
            .collect(Collectors.joining());

    private Snippets() {}

    /** What the compiler has against the blocks, by page and line of the block. */
    static List<String> errors(List<Block> blocks, Path output) throws IOException {
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("-proc:none", "-parameters", "-Xlint:none", "-d", output.toString());
            List<Source> sources = IntStream.range(0, blocks.size())
                    .mapToObj(number -> new Source(number, blocks.get(number)))
                    .toList();
            compiler.getTask(null, files, problems, options, null, sources).call();
        }
        return problems.getDiagnostics().stream()
                .filter(problem -> problem.getKind() == javax.tools.Diagnostic.Kind.ERROR)
                .map(problem -> ((Source) problem.getSource()).block + ": " + problem.getMessage(null))
                .toList();
    }

    private static final class Source extends SimpleJavaFileObject {

        private final Block block;
        private final String code;

        Source(int number, Block block) {
            super(URI.create("memory:///block" + number + "/" + name(block) + ".java"), Kind.SOURCE);
            this.block = block;
            this.code = block.text().startsWith("package ") ? block.text() : complete(number, block.text());
        }

        private static String name(Block block) {
            return TYPE.matcher(block.text())
                    .results()
                    .findFirst()
                    .map(type -> type.group(3))
                    .orElse("Block");
        }

        private static String complete(int number, String text) {
            String own = text.lines().filter(Source::isImport).collect(Collectors.joining("\n"));
            String code = text.lines().filter(line -> !isImport(line)).collect(Collectors.joining("\n"));
            String body = TYPE.matcher(code).find() ? code : "class Block extends Surroundings {" + code + "\n}";
            return "package block" + number + ";" + IMPORTS + own + body;
        }

        private static boolean isImport(String line) {
            return line.startsWith("import ");
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
        }
    }
}
