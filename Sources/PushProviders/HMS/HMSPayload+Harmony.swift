import HMS
import JSON
import PushSender

/// v3: HarmonyOS 5 and later.
extension HMSPayload {
    func harmonyMessage(ttlSeconds: Int) -> HarmonyMessage {
        let payload =
            showsNothing
            ? HarmonyMessage.Payload(extraData: data ?? "{}") : HarmonyMessage.Payload(notification: harmonyNotification)
        return HarmonyMessage(pushType: pushType, payload: payload, pushOptions: pushOptions(ttlSeconds, pushType))
    }

    private var harmonyNotification: HarmonyNotification {
        var shown = HarmonyNotification(category: notification.category ?? "MARKETING", title: title, body: body, clickAction: clickAction)
        shown.image = notification.image
        shown.sound = notification.sound.flatMap { $0 == "default" ? nil : $0 }
        shown.notifyId = notifyID
        shown.badge = badge.map { .init(setNum: $0) }
        return shown
    }

    private var clickAction: HarmonyNotification.ClickAction {
        var data: [String: JSONValue]?
        if case .object(let members) = notification.data { data = members }
        return .init(actionType: notification.url == nil ? 0 : 1, uri: notification.url, data: data)
    }

    func pushOptions(_ ttlSeconds: Int, _ pushType: HarmonyPushType) -> HarmonyPushOptions {
        var options = HarmonyPushOptions(ttl: ttlSeconds)
        options.biTag = id
        if pushType == .alert || pushType == .extension { options.collapseKey = collapseKey }
        return options
    }
}
