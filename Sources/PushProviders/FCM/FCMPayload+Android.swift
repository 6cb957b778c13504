import FCM
import PushSender
import WebPush

extension FCMPayload {
    func android(_ ttlSeconds: Int) -> FCMAndroid {
        // Data that wakes the device and shows nothing gets the App demoted.
        let isUrgent = policy.urgency >= .normal && !showsNothing
        return FCMAndroid(
            collapseKey: policy.collapseKey, priority: isUrgent ? .high : .normal, ttl: FCMDuration(seconds: Double(ttlSeconds)),
            notification: showsNothing ? nil : shown)
    }

    /// Title, body and image come from the shared part.
    private var shown: FCMAndroidNotification? {
        var shown = FCMAndroidNotification()
        shown.icon = notification.icon
        shown.color = notification.color
        shown.sound = notification.sound
        shown.tag = notification.tag
        shown.channelId = notification.channel
        shown.notificationCount = notification.badge
        switch notification.interruptionLevel {
        case .passive: shown.notificationPriority = .low
        case .timeSensitive: shown.notificationPriority = .high
        case .critical: shown.notificationPriority = .max
        case .active, nil: break
        }
        return shown == FCMAndroidNotification() ? nil : shown
    }
}
