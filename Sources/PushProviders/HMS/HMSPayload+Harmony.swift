import HMS
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
        var data: [String: HMSJSON]?
        if case .object(let members) = notification.data { data = members.mapValues(HMSJSON.init) }
        return .init(actionType: notification.url == nil ? 0 : 1, uri: notification.url, data: data)
    }

    func pushOptions(_ ttlSeconds: Int, _ pushType: HarmonyPushType) -> HarmonyPushOptions {
        var options = HarmonyPushOptions(ttl: ttlSeconds)
        options.biTag = id
        if pushType == .alert || pushType == .extension { options.collapseKey = collapseKey }
        return options
    }
}

extension HMSJSON {
    init(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let bool): self = .bool(bool)
        case .integer(let integer): self = .integer(integer)
        case .number(let number): self = .number(number)
        case .string(let string): self = .string(string)
        case .array(let array): self = .array(array.map(HMSJSON.init))
        case .object(let object): self = .object(object.mapValues(HMSJSON.init))
        }
    }
}
