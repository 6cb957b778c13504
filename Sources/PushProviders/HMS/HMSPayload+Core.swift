import HMS
import PushSender
import WebPush

/// v1 and v2: devices with HMS Core.
extension HMSPayload {
    func message(ttlSeconds: Int) -> HMSMessage {
        var android = HMSAndroid()
        android.collapseKey = collapseKey
        // A data message of high urgency needs a right (80300011).
        android.urgency = policy.urgency == .high && !showsNothing ? "HIGH" : "NORMAL"
        android.category = notification.category
        android.ttl = "\(ttlSeconds)s"
        android.biTag = id
        if !showsNothing { android.notification = androidNotification }
        return HMSMessage(data: data ?? (showsNothing ? "{}" : nil), android: android)
    }

    private var androidNotification: HMSAndroidNotification {
        var shown = HMSAndroidNotification(
            title: title, body: body, clickAction: notification.url.map(HMSClickAction.open(url:)) ?? .openApp)
        shown.image = notification.image
        shown.color = notification.color
        shown.sound = notification.sound.flatMap { $0 == "default" ? nil : $0 }
        shown.defaultSound = notification.sound.map { $0 == "default" }
        shown.tag = notification.tag
        shown.group = notification.thread
        shown.channelID = notification.channel
        shown.notifyID = notifyID
        shown.badge = badge.map { HMSBadge(setNum: $0) }
        shown.importance = notification.interruptionLevel.map { $0 == .passive ? "LOW" : "NORMAL" }
        shown.buttons = notification.actions.map { $0.prefix(3).map(button) }
        return shown
    }

    private func button(_ action: NotificationAction) -> HMSButton {
        if let url = action.url { return HMSButton(name: action.title, actionType: 2, intent: url) }
        return HMSButton(name: action.title, actionType: 0, data: action.action)
    }
}
