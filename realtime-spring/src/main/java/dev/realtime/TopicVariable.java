package dev.realtime;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;

/**
 * A parameter of a {@link CanSubscribe} method that takes a variable of the topic's name,
 * converted to the parameter's type. A value that can not be converted is a denial.
 *
 * @since 0.1.0
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface TopicVariable {

	/**
	 * The name of the variable; by default the name of the parameter.
	 * @return the name
	 */
	@AliasFor("value")
	String name() default "";

	/**
	 * The name of the variable, see {@link #name()}.
	 * @return the name
	 */
	@AliasFor("name")
	String value() default "";

}
