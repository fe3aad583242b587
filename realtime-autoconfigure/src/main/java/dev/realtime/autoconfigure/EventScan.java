package dev.realtime.autoconfigure;

import java.util.List;
import java.util.Objects;

import dev.realtime.PublishesTo;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.filter.AnnotationTypeFilter;

/**
 * Finds events that are published to topics in the packages of the application, so that
 * what can not work is told at start-up.
 */
final class EventScan implements ImportBeanDefinitionRegistrar {

	static final String BEAN_NAME = "realtimeEventTypes";

	private final ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(
			false);

	private final BeanFactory beanFactory;

	EventScan(BeanFactory beanFactory, Environment environment, ResourceLoader resourceLoader) {
		this.beanFactory = beanFactory;
		this.scanner.addIncludeFilter(new AnnotationTypeFilter(PublishesTo.class));
		this.scanner.addIncludeFilter(new AnnotationTypeFilter(PublishesTo.Several.class));
		this.scanner.setEnvironment(environment);
		this.scanner.setResourceLoader(resourceLoader);
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
		List<String> packages = AutoConfigurationPackages.has(this.beanFactory)
				? AutoConfigurationPackages.get(this.beanFactory) : List.of();
		List<String> classNames = packages.stream()
			.flatMap((basePackage) -> this.scanner.findCandidateComponents(basePackage).stream())
			.map((candidate) -> Objects.requireNonNull(candidate.getBeanClassName()))
			.distinct()
			.toList();
		registry.registerBeanDefinition(BEAN_NAME,
				BeanDefinitionBuilder.rootBeanDefinition(EventTypes.class)
					.addConstructorArgValue(classNames)
					.setRole(BeanDefinition.ROLE_INFRASTRUCTURE)
					.getBeanDefinition());
	}

}
