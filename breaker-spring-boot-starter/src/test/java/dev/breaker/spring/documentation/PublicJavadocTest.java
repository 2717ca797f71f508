package dev.breaker.spring.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Whatever users can see is explained: types, members, and each component of a record. */
class PublicJavadocTest {

    private static final List<Path> SOURCES =
            List.of(Path.of("../breaker-core/src/main/java"), Path.of("src/main/java"));

    private final List<String> unexplained = new ArrayList<>();

    @Test
    void explainsEveryPublicTypeAndMember() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, files, null, List.of("-proc:none"), null, files.getJavaFileObjectsFromFiles(sources()));
            DocTrees comments = DocTrees.instance(task);
            for (CompilationUnitTree source : task.parse()) {
                new Visitor(comments).scan(source, null);
            }
        }
        assertThat(unexplained).isEmpty();
    }

    private static List<File> sources() throws IOException {
        List<File> sources = new ArrayList<>();
        for (Path root : SOURCES) {
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .map(Path::toFile)
                        .forEach(sources::add);
            }
        }
        return sources;
    }

    private final class Visitor extends TreePathScanner<Void, Void> {

        private final DocTrees comments;

        Visitor(DocTrees comments) {
            this.comments = comments;
        }

        @Override
        public Void visitClass(ClassTree type, Void none) {
            if (isVisible(type.getModifiers())) {
                explains(type.getSimpleName().toString());
                if (type.getKind() == Tree.Kind.RECORD) {
                    explainsComponents(type);
                }
                return super.visitClass(type, none);
            }
            return null;
        }

        @Override
        public Void visitMethod(MethodTree method, Void none) {
            boolean overrides = method.getModifiers().getAnnotations().stream()
                    .anyMatch(annotation ->
                            annotation.getAnnotationType().toString().equals("Override"));
            if (isVisible(method.getModifiers()) && !overrides) {
                explains(method.getName().toString());
            }
            return null;
        }

        @Override
        public Void visitVariable(VariableTree field, Void none) {
            if (isVisible(field.getModifiers())) {
                explains(field.getName().toString());
            }
            return null;
        }

        private boolean isVisible(ModifiersTree modifiers) {
            Set<Modifier> flags = modifiers.getFlags();
            boolean ofInterface = getCurrentPath().getParentPath().getLeaf().getKind() == Tree.Kind.INTERFACE;
            return flags.contains(Modifier.PUBLIC)
                    || flags.contains(Modifier.PROTECTED)
                    || (ofInterface && !flags.contains(Modifier.PRIVATE));
        }

        private void explains(String name) {
            if (comments.getDocCommentTree(getCurrentPath()) == null) {
                unexplained.add(place() + ": " + name);
            }
        }

        private void explainsComponents(ClassTree type) {
            DocCommentTree comment = comments.getDocCommentTree(getCurrentPath());
            String text = comment == null ? "" : comment.toString();
            type.getMembers().stream()
                    .filter(VariableTree.class::isInstance)
                    .map(VariableTree.class::cast)
                    .filter(field -> !field.getModifiers().getFlags().contains(Modifier.STATIC))
                    .map(field -> "@param " + field.getName() + " ")
                    .filter(tag -> !text.replaceAll("\\s+", " ").contains(tag))
                    .forEach(tag -> unexplained.add(place() + ": " + tag));
        }

        private String place() {
            TreePath path = getCurrentPath();
            return Path.of(path.getCompilationUnit().getSourceFile().getName())
                    .getFileName()
                    .toString();
        }
    }
}
