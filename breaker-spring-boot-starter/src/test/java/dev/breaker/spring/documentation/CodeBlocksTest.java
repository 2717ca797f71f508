package dev.breaker.spring.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breaker.spring.autoconfigure.BreakerAutoConfiguration;
import dev.breaker.spring.documentation.Pages.Block;
import java.io.IOException;
import java.io.StringReader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.ByteArrayResource;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;

/** What a reader copies from a page works: each language has its rule, and a block without one is an error. */
class CodeBlocksTest {

    private static final Set<String> COMMANDS =
            Set.of("./mvnw", "curl", "java", "redis-cli", "kill", "docker", "npx", "monitoror");
    private static final Pattern PROPERTY_NAME = Pattern.compile("\"name\": *\"([^\"]+)\"");
    private static final Pattern OPTION = Pattern.compile("\\s-(P|D)([\\w.\\-]+)");
    private static final Path CONSUMER = Path.of("src/it/consumer/src/main");

    private static final Pattern MAP_NAME = Pattern.compile("\"name\": \"([^\"]+)\",\\s+\"type\": \"java.util.Map<");

    private static Set<String> knownProperties;
    private static Set<String> knownMaps;

    @BeforeAll
    static void readMetadata() throws IOException {
        knownProperties = new HashSet<>();
        knownMaps = new HashSet<>();
        for (URL metadata : Collections.list(
                CodeBlocksTest.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
            String text = new String(metadata.openStream().readAllBytes(), StandardCharsets.UTF_8);
            PROPERTY_NAME.matcher(text).results().forEach(name -> knownProperties.add(name.group(1)));
            MAP_NAME.matcher(text).results().forEach(name -> knownMaps.add(name.group(1)));
        }
    }

    /** All blocks; of a change, what is there after it. */
    private static Stream<Block> blocks() {
        return Pages.blocks().stream().map(block -> block.language().equals("diff") ? changed(block) : block);
    }

    private static Block changed(Block diff) {
        String after = diff.text()
                .lines()
                .filter(line -> !line.startsWith("-"))
                .map(line -> line.isEmpty() ? line : line.substring(1))
                .collect(Collectors.joining("\n"));
        String language = after.startsWith("<") ? "xml" : after.startsWith("package ") ? "java" : "yaml";
        return new Block(diff.page(), diff.line(), language, after);
    }

    private static List<Block> in(String... languages) {
        return blocks().filter(block -> List.of(languages).contains(block.language()))
                .toList();
    }

    static List<Block> settings() {
        return in("yaml", "properties");
    }

    static List<Block> json() {
        return in("json");
    }

    static List<Block> xml() {
        return in("xml");
    }

    static List<Block> shell() {
        return in("sh");
    }

    @Test
    void areInALanguageWithARule() {
        assertThat(blocks())
                .allSatisfy(block -> assertThat(block.language())
                        .as("language of %s", block)
                        .isIn("java", "yaml", "properties", "json", "xml", "sh", "redis", "text"));
    }

    @Test
    void ofJavaCompile(@TempDir Path output) throws IOException {
        List<Block> java = in("java");
        assertThat(java).hasSizeGreaterThan(10);
        assertThat(Snippets.errors(java, output)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void ofSettingsAreKnownAndStart(Block block) {
        Map<String, String> settings = flat(block);
        assertThat(settings.keySet())
                .filteredOn(name -> !name.startsWith("breaker.") && !knownMaps.contains(parent(name)))
                .allSatisfy(name -> assertThat(knownProperties).contains(name));
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(BreakerAutoConfiguration.class))
                .withBean("partnerStatus", Status.class, Status::new)
                .withPropertyValues(settings.entrySet().stream()
                        .filter(setting -> setting.getKey().startsWith("breaker."))
                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                        .toArray(String[]::new))
                .run(context -> assertThat(context).hasNotFailed());
    }

    private static String parent(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }

    /** What a page calls to ask whether the partner is back. */
    static class Status {

        public void check() {}
    }

    private static Map<String, String> flat(Block block) {
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        String text =
                block.language().equals("yaml") ? block.text() : block.text().replaceAll("=", ": ");
        yaml.setResources(new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)));
        return yaml.getObject().entrySet().stream()
                .collect(Collectors.toMap(
                        setting -> setting.getKey().toString().replaceAll("\\[\\d+]$", ""),
                        setting -> setting.getValue().toString(),
                        (one, another) -> one + "," + another));
    }

    @ParameterizedTest
    @MethodSource("json")
    void ofJsonAreJson(Block block) {
        try (MappingIterator<JsonNode> values =
                JsonMapper.shared().readerFor(JsonNode.class).readValues(block.text())) {
            assertThat(values.readAll()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("xml")
    void ofXmlAreWellFormedAndOfThisVersion(Block block) throws Exception {
        String xml = "<all>" + block.text() + "</all>";
        assertThat(DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new InputSource(new StringReader(xml)))
                        .getDocumentElement()
                        .getChildNodes()
                        .getLength())
                .isPositive();
        String version =
                Pages.read(Pages.ROOT.resolve("pom.xml")).replaceAll("(?s).*?<version>(.*?)</version>.*", "$1");
        if (xml.contains("<groupId>dev.breaker</groupId>")) {
            assertThat(xml).contains("<version>" + version + "</version>");
        }
    }

    @ParameterizedTest
    @MethodSource("shell")
    void ofCommandsNameWhatThereIs(Block block) {
        String poms = Stream.of("pom.xml", "breaker-spring-boot-starter/pom.xml", "breaker-sample-offers/pom.xml")
                .map(Pages.ROOT::resolve)
                .map(Pages::read)
                .collect(Collectors.joining());
        for (String command : block.text().replace("\\\n", " ").lines().toList()) {
            String line = command.replaceAll("(^| )#.*", "");
            if (line.isBlank()) {
                continue;
            }
            assertThat(line.strip().split(" ", -1)[0]).as(line).isIn(COMMANDS);
            if (line.startsWith("./mvnw")) {
                assertThat(OPTION.matcher(line).results())
                        .allSatisfy(option -> assertThat(known(option.group(1), option.group(2), poms))
                                .as("%s in %s", option.group(), line)
                                .isTrue());
            }
        }
    }

    private static boolean known(String kind, String name, String poms) {
        return kind.equals("P")
                ? poms.contains("<id>" + name + "</id>")
                : poms.contains("<" + name + ">")
                        || poms.contains("${" + name + "}")
                        || Set.of("test", "skipTests", "spring-boot.run.arguments")
                                .contains(name)
                        || name.startsWith("breaker.");
    }

    @Test
    void ofRedisAreTheAccessListThatATestUses() {
        List<Block> accessLists = in("redis");
        assertThat(accessLists)
                .extracting(block -> block.page().getFileName().toString())
                .containsExactly("README.md", "redis.md");
        assertThat(accessLists)
                .extracting(Block::text)
                .containsOnly(accessLists.get(1).text());
        assertThat(accessLists.get(1).text().lines()).singleElement().asString().startsWith("ACL SETUSER");
    }

    @Test
    void drawTypesThatThereAre() throws IOException {
        Pattern camelCase = Pattern.compile("\\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\\b");
        Set<String> types = types();
        types.add("LongAdder");
        assertThat(in("text"))
                .isNotEmpty()
                .allSatisfy(block -> assertThat(camelCase.matcher(block.text()).results())
                        .extracting(MatchResult::group)
                        .isSubsetOf(types));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ARCHITECTURE.md", "CONTRIBUTING.md"})
    void sendNobodyToATypeThatIsGone(String page) throws IOException {
        Pattern name = Pattern.compile("`([A-Z]\\w*[a-z]\\w*)(?:\\.\\w+)?`");
        assertThat(name.matcher(Pages.prose(Pages.ROOT.resolve(page))).results())
                .extracting(type -> type.group(1))
                .isNotEmpty()
                .isSubsetOf(types());
    }

    private static Set<String> types() throws IOException {
        Set<String> types = new HashSet<>();
        for (String module :
                List.of("breaker-core/src", "breaker-spring-boot-starter/src", "breaker-sample-offers/src")) {
            try (Stream<Path> files = Files.walk(Pages.ROOT.resolve(module))) {
                files.map(file -> file.getFileName().toString())
                        .filter(file -> file.endsWith(".java"))
                        .forEach(file -> types.add(file.replace(".java", "")));
            }
        }
        return types;
    }

    /** So that the first page's code is not only compiled: -Prelease runs it. */
    @Test
    void ofTheFirstPageAreTheConsumersCode() {
        List<Block> first = Pages.blocks(Pages.ROOT.resolve("README.md"));
        String code = Pages.read(CONSUMER.resolve("java/com/example/consumer/PartnerOffers.java"));
        String settings = Pages.read(CONSUMER.resolve("resources/application.yml"));
        assertThat(code).isEqualTo("package com.example.consumer;\n\n" + textOf(first, "java"));
        assertThat(settings).contains(textOf(first, "yaml"));
    }

    private static String textOf(List<Block> blocks, String language) {
        return blocks.stream()
                .filter(block -> block.language().equals(language))
                .findFirst()
                .orElseThrow()
                .text();
    }
}
