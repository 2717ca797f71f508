package dev.breaker.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/** The classes that properties name. Safe for use by many threads. */
final class ConfiguredClasses {

    /** Stands for an exception that is not on the class path, and so is never thrown. */
    static final class Absent extends Exception {
        private static final long serialVersionUID = 1L;

        private Absent() {}
    }

    private final ConfigurableListableBeanFactory beans;
    private final Map<Class<?>, Predicate<?>> predicates = new ConcurrentHashMap<>();

    ConfiguredClasses(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
    }

    /**
     * The classes of exceptions.
     *
     * @param property the list, named if a class is refused
     * @param lenient whether a class may be missing
     */
    List<Class<? extends Throwable>> exceptions(String property, List<String> names, boolean lenient) {
        List<Class<? extends Throwable>> types = new ArrayList<>();
        for (String name : names) {
            String element = property + "[" + types.size() + "]";
            Class<?> type = find(name);
            if (type == null && !lenient) {
                throw new InvalidConfigurationPropertyValueException(element, name, "There is no such class.");
            }
            types.add(type == null ? Absent.class : exception(element, type));
        }
        return types;
    }

    private static Class<? extends Throwable> exception(String property, Class<?> type) {
        if (!Throwable.class.isAssignableFrom(type)) {
            throw refusal(property, type, "Must be a Throwable.", null);
        }
        return type.asSubclass(Throwable.class);
    }

    /**
     * The predicate of a class or a bean's name: for a class the bean of that class or, if there is none, one object for all
     * circuits, made as beans are.
     *
     * @param property the setting, named if the predicate is refused
     * @param argument what the predicate is asked about
     */
    @SuppressWarnings("unchecked")
    <T> Predicate<T> predicate(String property, String name, Class<T> argument) {
        Class<?> type = find(name);
        if (type == null) {
            return (Predicate<T>) bean(property, name, argument);
        }
        if (!Predicate.class.isAssignableFrom(type) || !accepts(ResolvableType.forClass(type), argument)) {
            throw refusal(property, type, wanted(argument), null);
        }
        return (Predicate<T>) predicates.computeIfAbsent(type, any -> (Predicate<?>) instance(property, type));
    }

    private Predicate<?> bean(String property, String name, Class<?> argument) {
        if (!beans.containsBean(name)) {
            throw new InvalidConfigurationPropertyValueException(property, name, "There is no such class or bean.");
        }
        ResolvableType declared = beans.containsBeanDefinition(name)
                ? beans.getMergedBeanDefinition(name).getResolvableType()
                : ResolvableType.NONE;
        if (!beans.isTypeMatch(name, Predicate.class) || !accepts(declared, argument)) {
            throw new InvalidConfigurationPropertyValueException(property, name, wanted(argument));
        }
        return beans.getBean(name, Predicate.class);
    }

    private static boolean accepts(ResolvableType predicate, Class<?> argument) {
        Class<?> accepted = predicate.as(Predicate.class).getGeneric().resolve(argument);
        return argument == Object.class || accepted.isAssignableFrom(argument);
    }

    private static String wanted(Class<?> argument) {
        return "Must be a Predicate<" + argument.getSimpleName() + ">.";
    }

    private <P> P instance(String property, Class<P> type) {
        try {
            return beans.getBeanProvider(type).getIfAvailable(() -> beans.createBean(type));
        } catch (BeansException fault) {
            throw refusal(
                    property, type, "Must be a bean or a class that can be instantiated: " + fault.getMessage(), fault);
        }
    }

    private @Nullable Class<?> find(String name) {
        try {
            return ClassUtils.forName(name, beans.getBeanClassLoader());
        } catch (ClassNotFoundException | LinkageError absent) {
            return null;
        }
    }

    private static InvalidConfigurationPropertyValueException refusal(
            String property, Class<?> type, String rule, @Nullable Throwable cause) {
        return new InvalidConfigurationPropertyValueException(property, type.getName(), rule, cause);
    }
}
