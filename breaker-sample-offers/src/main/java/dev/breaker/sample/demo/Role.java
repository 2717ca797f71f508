package dev.breaker.sample.demo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One of the sample's roles in a JVM of its own.
 *
 * @param main the sample's main class
 * @param arguments the role, then its options
 */
record Role(Class<?> main, List<String> arguments) implements Part.Launcher {

    @Override
    public Process launch() throws IOException {
        String classes = System.getProperty("java.class.path", "");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dsample.leash=input"));
        if (classes.endsWith(".jar") && !classes.contains(File.pathSeparator)) {
            command.addAll(List.of("-jar", classes));
        } else {
            command.add(main.getName());
        }
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // Not an argument: a class path can be longer than a command line may be.
        builder.environment().put("CLASSPATH", classes);
        return builder.start();
    }
}
