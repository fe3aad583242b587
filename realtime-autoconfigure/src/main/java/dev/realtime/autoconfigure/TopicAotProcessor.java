package dev.realtime.autoconfigure;

import java.lang.reflect.Method;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import dev.realtime.OnClientEvent;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.topic.TopicFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotContribution;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/**
 * Lets native images call rules and write payloads.
 */
final class TopicAotProcessor implements BeanFactoryInitializationAotProcessor {

	private final BindingReflectionHintsRegistrar payloads = new BindingReflectionHintsRegistrar();

	@Override
	public @Nullable BeanFactoryInitializationAotContribution processAheadOfTime(
			ConfigurableListableBeanFactory beanFactory) {
		if (!beanFactory.containsBean(TopicScan.BEAN_NAME)) {
			return null;
		}
		TopicTypes scanned = beanFactory.getBean(TopicScan.BEAN_NAME, TopicTypes.class);
		Set<Class<?>> types = TopicsFactory.beanNamesByType(scanned, beanFactory, beanFactory.getBeanClassLoader())
			.keySet();
		List<Class<?>> events = events(beanFactory);
		if (types.isEmpty() && events.isEmpty()) {
			return null;
		}
		return (generation, code) -> {
			ReflectionHints hints = generation.getRuntimeHints().reflection();
			register(types, hints);
			events.forEach((type) -> this.payloads.registerReflectionHints(hints, type));
		};
	}

	private static List<Class<?>> events(ConfigurableListableBeanFactory beanFactory) {
		if (!beanFactory.containsBean(EventScan.BEAN_NAME)) {
			return List.of();
		}
		List<Class<?>> types = new ArrayList<>();
		beanFactory.getBean(EventScan.BEAN_NAME, EventTypes.class)
			.classNames()
			.forEach((name) -> types.add(ClassUtils.resolveClassName(name, beanFactory.getBeanClassLoader())));
		return types;
	}

	private void register(Set<Class<?>> types, ReflectionHints hints) {
		for (Class<?> type : types) {
			hints.registerType(type);
			TopicFactory.methods(type).forEach((method) -> register(method, hints));
			if (!TopicFactory.needsBean(type)) {
				this.payloads.registerReflectionHints(hints, type);
			}
		}
		// Rules that are expressions call these.
		hints.registerType(TopicFilter.class, MemberCategory.INVOKE_PUBLIC_METHODS);
		hints.registerType(Tenant.class, MemberCategory.INVOKE_PUBLIC_METHODS);
	}

	private void register(Method method, ReflectionHints hints) {
		hints.registerMethod(method, ExecutableMode.INVOKE);
		if (AnnotatedElementUtils.hasAnnotation(method, OnClientEvent.class)) {
			Stream.of(method.getParameters())
				.filter((parameter) -> !Principal.class.isAssignableFrom(parameter.getType()))
				.forEach((parameter) -> this.payloads.registerReflectionHints(hints, parameter.getParameterizedType()));
			this.payloads.registerReflectionHints(hints, method.getGenericReturnType());
		}
	}

}
