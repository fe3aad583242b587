package dev.realtime.autoconfigure;

import java.util.List;

/**
 * The classes of events that are published to topics, found in the packages of the
 * application. A bean of its own, so that the scan happens ahead of time where the
 * application is processed ahead of time.
 *
 * @param classNames the names of the classes
 */
record EventTypes(List<String> classNames) {

}
