import PushSender

extension LoopBackNotification {
    /// For FCM: the message that was GCM's, in the form of `messages:send`.
    ///
    /// - Parameter ttlSeconds: nil where the notification says nothing of it.
    func fcm(ttlSeconds: Int?) -> FCMSection {
        var message = LoopBackValue.emptyObject, android = LoopBackValue.emptyObject
        let data = (googleData.members ?? []).map { ($0.name, LoopBackType.text($0.value)) }
        message["data"] = LoopBackValue.object(data.map { .init(name: $0, value: .string($1)) }).unlessEmpty
        message["notification"] = isDataOnly ? nil : LoopBackValue.texts([("title", googleTitle), ("body", text)]).unlessEmpty
        android["collapse_key"] = collapseKey.map { .string($0) }
        android["ttl"] = ttlSeconds.map { .string("\($0)s") }
        android["notification"] = isDataOnly ? nil : androidNotification.unlessEmpty
        // FCM wants something in a message.
        message["android"] = android.unlessEmpty ?? (message == .emptyObject ? .emptyObject : nil)
        return FCMSection(message: message.json)
    }

    private var isDataOnly: Bool { custom["dataOnly"]?.isTruthy ?? false }

    /// `title` alone stays what it has always been there: the app's own.
    private var googleTitle: String? { words("messageFrom") ?? alertTitle }

    private var androidNotification: LoopBackValue {
        var notification = LoopBackValue.texts(Self.looks.map { ($0, $0 == "sound" ? sound : words($0)) })
        notification["notification_count"] = badge.flatMap { $0 > 0 ? .integer($0) : nil }
        return notification
    }

    private static let looks = ["icon", "sound", "tag", "color", "click_action"]

    private var googleData: LoopBackValue {
        var data = custom
        data["alert"] = alert
        data["badge"] = badge.map { .integer($0) }
        guard isDataOnly else { return data }
        for (name, text) in [("title", googleTitle), ("body", text), ("sound", sound)] {
            if let text, !text.isEmpty { data[name] = .string(text) }
        }
        return data
    }
}

extension LoopBackValue {
    /// An object of texts, without those that are nil or empty.
    fileprivate static func texts(_ texts: [(String, String?)]) -> LoopBackValue {
        .object(texts.compactMap { name, text in text.flatMap { $0.isEmpty ? nil : Member(name: name, value: .string($0)) } })
    }

    fileprivate var unlessEmpty: LoopBackValue? { self == .emptyObject ? nil : self }
}
