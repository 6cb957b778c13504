/// What a request to send must hold (Huawei: Sending messages, versions 1 and 2; HarmonyOS: Push Kit server API, version 3).
enum HMSRequestRules {
    static let maximumTokens = 1000
    /// Without the tokens.
    static let maximumBodyBytes = 4096
    static let maximumTTLSeconds = 1_296_000
    static let collapseKeys = -1...100
    static let maximumConditionTopics = 5
    static let maximumTestTokens = 10
    private static let pushTypes: Set<String> = ["0", "1", "2", "6", "7", "10", "11"]
    private static let clickTypes = 1...3

    static func tokens(_ body: JSONText, version: Int) -> [String] {
        let list = version == 3 ? body["target"]?["token"] : body["message"]?["token"]
        return list?.array?.compactMap(\.string) ?? []
    }

    // Versions 1 and 2

    static func refusalOfCore(_ body: JSONText, bytes: Int) -> HMSRefusal? {
        guard let message = body["message"], message.object != nil else { return .tokenCount }
        if let refusal = refusalOfTarget(message) { return refusal }
        guard bytes - tokenBytes(message["token"]) <= maximumBodyBytes else { return .tooLarge }
        if let data = message["data"], data.string == nil { return .structure("message.data") }
        guard message["data"] != nil || message["notification"] != nil || message["android"]?["notification"] != nil else {
            return .structure("message")
        }
        return message["android"].flatMap(refusalOfAndroid) ?? refusalOfShown(message)
    }

    private static func refusalOfTarget(_ message: JSONText) -> HMSRefusal? {
        let kinds = ["token", "topic", "condition"].filter { message[$0] != nil }
        guard kinds.count == 1 else { return kinds.isEmpty ? .tokenCount : .parameter }
        if let tokens = message["token"] { return refusal(ofTokens: tokens) }
        guard let condition = message["condition"] else { return message["topic"]?.string == nil ? .parameter : nil }
        guard let topics = condition.string.flatMap(FCMCondition.topics), topics.count <= maximumConditionTopics else { return .parameter }
        return nil
    }

    private static func refusal(ofTokens tokens: JSONText?, maximum: Int = maximumTokens) -> HMSRefusal? {
        guard let tokens = tokens?.array, (1...maximum).contains(tokens.count) else { return .tokenCount }
        return tokens.allSatisfy { $0.string?.isEmpty == false } ? nil : .parameter
    }

    /// Each with its quotes and the comma.
    private static func tokenBytes(_ tokens: JSONText?) -> Int { tokens?.array?.reduce(0) { $0 + ($1.string?.utf8.count ?? 0) + 3 } ?? 0 }

    private static func refusalOfAndroid(_ android: JSONText) -> HMSRefusal? {
        if let key = android["collapse_key"], key.integer.map(collapseKeys.contains) != true { return .collapseKey }
        if let ttl = android["ttl"], !isLifetime(ttl.string) { return .lifetime }
        if let urgency = android["urgency"], !["HIGH", "NORMAL"].contains(urgency.string) { return .structure("android.urgency") }
        if let target = android["fast_app_target"], ![1, 2].contains(target.integer) { return .structure("android.fast_app_target") }
        return android["notification"].flatMap(refusalOfAndroidNotification)
    }

    private static func isLifetime(_ text: String?) -> Bool {
        guard let text, text.last == "s", let seconds = Int(text.dropLast()) else { return false }
        return (0...maximumTTLSeconds).contains(seconds)
    }

    private static func refusalOfAndroidNotification(_ notification: JSONText) -> HMSRefusal? {
        if let importance = notification["importance"], !["LOW", "NORMAL", "HIGH"].contains(importance.string) {
            return .structure("android.notification.importance")
        }
        if let badge = notification["badge"] {
            if let add = badge["add_num"], add.integer.map((1...99).contains) != true { return .structure("badge.add_num") }
            if let set = badge["set_num"], set.integer.map((0...99).contains) != true { return .structure("badge.set_num") }
        }
        if let buttons = notification["buttons"]?.array, buttons.count > 3 { return .structure("android.notification.buttons") }
        if let lines = notification["inbox_content"]?.array, lines.count > 5 { return .structure("android.notification.inbox_content") }
        return nil
    }

    /// What is shown needs a title, a body, and what a tap does.
    private static func refusalOfShown(_ message: JSONText) -> HMSRefusal? {
        let (general, android) = (message["notification"], message["android"]?["notification"])
        guard general != nil || android != nil else { return nil }
        for part in ["title", "body"] {
            let hasText = (android?[part] ?? general?[part])?.string?.isEmpty == false || android?[part + "_loc_key"]?.string != nil
            guard hasText else { return .structure("notification.\(part)") }
        }
        guard let click = android?["click_action"], let type = click["type"]?.integer, clickTypes.contains(type) else {
            return .structure("android.notification.click_action")
        }
        if type == 1, click["intent"]?.string == nil, click["action"]?.string == nil { return .structure("click_action.intent") }
        if type == 2, click["url"]?.string?.hasPrefix("https://") != true { return .structure("click_action.url") }
        return nil
    }

    // Version 3

    static func refusalOfHarmony(_ body: JSONText, pushType: String?, bytes: Int) -> HMSRefusal? {
        guard let pushType, pushTypes.contains(pushType) else { return .parameter }
        guard let payload = body["payload"], payload.object != nil else { return .structure("payload") }
        let options = body["pushOptions"]
        let isTest = options?["testMessage"] == .bool(true)
        let tokens = body["target"]?["token"]
        if let refusal = refusal(ofTokens: tokens, maximum: pushType == "1" ? 1 : isTest ? maximumTestTokens : maximumTokens) {
            return refusal
        }
        guard bytes - tokenBytes(tokens) <= maximumBodyBytes else { return .tooLarge }
        if let ttl = options?["ttl"], ttl.integer.map((1...maximumTTLSeconds).contains) != true { return .lifetime }
        if let key = options?["collapseKey"], key.integer.map(collapseKeys.contains) != true { return .collapseKey }
        return pushType == "0" ? refusalOfAlert(payload["notification"]) : nil
    }

    private static func refusalOfAlert(_ notification: JSONText?) -> HMSRefusal? {
        guard let notification, notification.object != nil else { return .structure("payload.notification") }
        for part in ["category", "title", "body"] where notification[part]?.string?.isEmpty != false {
            return .structure("payload.notification.\(part)")
        }
        guard let action = notification["clickAction"], [0, 1].contains(action["actionType"]?.integer) else {
            return .structure("payload.notification.clickAction")
        }
        if let lines = notification["inboxContent"]?.array, lines.count > 5 { return .structure("payload.notification.inboxContent") }
        return nil
    }
}
