package dev.realtime.sample.alert;

import dev.realtime.RealtimeTopic;
import dev.realtime.Replay;

/**
 * Alerts that only admins see. The rule is an expression; a new subscription gets no old
 * alert.
 */
@RealtimeTopic(name = "admin.alert", canSubscribe = "hasRole('ADMIN')", replay = Replay.NONE)
class AdminAlertTopic {

}
