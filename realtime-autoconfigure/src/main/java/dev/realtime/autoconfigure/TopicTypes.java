package dev.realtime.autoconfigure;

import java.util.List;

/**
 * The topic classes that were found in the packages of the application. A bean of its
 * own, so that the scan happens ahead of time where the application is processed ahead of
 * time.
 *
 * @param classNames the names of the classes
 */
record TopicTypes(List<String> classNames) {

}
