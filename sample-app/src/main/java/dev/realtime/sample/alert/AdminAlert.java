package dev.realtime.sample.alert;

/**
 * The payload of {@link AdminAlertTopic}.
 *
 * @param text what happened
 * @param sentBy the admin who says so
 */
record AdminAlert(String text, String sentBy) {

}
