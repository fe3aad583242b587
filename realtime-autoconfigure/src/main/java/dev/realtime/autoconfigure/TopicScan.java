package dev.realtime.autoconfigure;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import dev.realtime.RealtimeTopic;
import dev.realtime.topic.TopicFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

/**
 * Finds topic classes in the packages of the application, as entities are found, and
 * registers those that need to be beans and are none.
 */
final class TopicScan implements ImportBeanDefinitionRegistrar {

	static final String BEAN_NAME = "realtimeTopicTypes";

	private final ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(
			false);

	private final BeanFactory beanFactory;

	private final ResourceLoader resourceLoader;

	TopicScan(BeanFactory beanFactory, Environment environment, ResourceLoader resourceLoader) {
		this.beanFactory = beanFactory;
		this.resourceLoader = resourceLoader;
		this.scanner.addIncludeFilter(new AnnotationTypeFilter(RealtimeTopic.class));
		this.scanner.setEnvironment(environment);
		this.scanner.setResourceLoader(resourceLoader);
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
		Set<String> classNames = new LinkedHashSet<>();
		List<String> packages = AutoConfigurationPackages.has(this.beanFactory)
				? AutoConfigurationPackages.get(this.beanFactory) : List.of();
		for (String basePackage : packages) {
			for (BeanDefinition candidate : this.scanner.findCandidateComponents(basePackage)) {
				classNames.add(Objects.requireNonNull(candidate.getBeanClassName()));
			}
		}
		classNames.forEach((className) -> registerIfNeeded(className, registry));
		registry.registerBeanDefinition(BEAN_NAME,
				BeanDefinitionBuilder.rootBeanDefinition(TopicTypes.class)
					.addConstructorArgValue(List.copyOf(classNames))
					.setRole(BeanDefinition.ROLE_INFRASTRUCTURE)
					.getBeanDefinition());
	}

	private void registerIfNeeded(String className, BeanDefinitionRegistry registry) {
		Class<?> type = ClassUtils.resolveClassName(className, this.resourceLoader.getClassLoader());
		if (TopicFactory.needsBean(type) && !isBean(className, registry)) {
			registry.registerBeanDefinition(className, new RootBeanDefinition(type));
		}
	}

	private static boolean isBean(String className, BeanDefinitionRegistry registry) {
		return Stream.of(registry.getBeanDefinitionNames())
			.anyMatch((name) -> className.equals(classNameOf(registry.getBeanDefinition(name))));
	}

	private static @Nullable String classNameOf(BeanDefinition definition) {
		if (definition.getFactoryMethodName() == null) {
			return definition.getBeanClassName();
		}
		return (definition instanceof AnnotatedBeanDefinition annotated && annotated.getFactoryMethodMetadata() != null)
				? annotated.getFactoryMethodMetadata().getReturnTypeName() : null;
	}

}
