import JSON

extension Notification {
    typealias TextField = any WritableKeyPath<Notification, String?> & Sendable

    /// The neutral texts, with their names in the API.
    static let texts: [(name: String, field: TextField)] = [
        ("title", \.title), ("subtitle", \.subtitle), ("body", \.body), ("url", \.url), ("icon", \.icon), ("image", \.image),
        ("badge_icon", \.badgeIcon), ("sound", \.sound), ("tag", \.tag), ("thread", \.thread), ("category", \.category),
        ("channel", \.channel), ("color", \.color),
    ]

    /// Gets a text, what it is part of, and its field's name.
    typealias TextChange = (_ text: String, _ form: TextForm, _ field: () -> String) throws(PushProblem) -> String

    /// Replaces every text: the neutral ones, strings at any depth of `data`, raw sections. Always in the same order. A neutral text that
    /// becomes empty is left out.
    func changingTexts(_ change: TextChange) throws(PushProblem) -> Notification {
        var changed = self
        for (name, field) in Self.texts {
            try changed.change(field, { name }, change)
        }
        for index in actions?.indices ?? 0..<0 { try changed.actions?[index].changeTexts("actions[\(index)]", change) }
        if let data { changed.data = try data.changingTexts({ "data" }, change) }
        try changed.apns?.changeTexts(change)
        try changed.fcm?.changeTexts(change)
        try changed.hms?.changeTexts(change)
        try changed.wns?.changeTexts(change)
        try changed.webpush?.changeTexts(change)
        return changed
    }

    /// As ``changingTexts(_:)``, where nothing can be wrong. One function over all errors, `Never` among them, is more than the optimizer
    /// of Swift 6.3 takes.
    func replacingTexts(_ change: (_ text: String) -> String) -> Notification {
        (try? changingTexts { text, _, _ in change(text) }) ?? self
    }

    private mutating func change(
        _ field: TextField, _ name: @escaping () -> String, _ change: TextChange
    ) throws(PushProblem) {
        guard let text = self[keyPath: field] else { return }
        let changed = try change(text, .plain) { name() }
        self[keyPath: field] = changed.isEmpty && !text.isEmpty ? nil : changed
    }
}

extension NotificationAction {
    fileprivate mutating func changeTexts(
        _ name: String, _ change: Notification.TextChange
    ) throws(PushProblem) {
        action = try change(action, .plain) { name + ".action" }
        title = try change(title, .plain) { name + ".title" }
        if let text = url { url = try change(text, .plain) { name + ".url" } }
        if let text = icon { icon = try change(text, .plain) { name + ".icon" } }
    }
}

extension JSONValue {
    fileprivate func changingTexts(
        _ name: @escaping () -> String, _ change: Notification.TextChange
    ) throws(PushProblem) -> JSONValue {
        switch self {
        case .string(let text):
            return .string(try change(text, .plain) { name() })
        case .array(var items):
            for index in items.indices { items[index] = try items[index].changingTexts({ name() + "[\(index)]" }, change) }
            return .array(items)
        case .object(var members):
            for key in members.keys.sorted() { members[key] = try members[key]?.changingTexts({ name() + "." + key }, change) }
            return .object(members)
        case .null, .bool, .integer, .number:
            return self
        }
    }
}

// MARK: Raw sections

extension APNsSection {
    fileprivate mutating func changeTexts(_ change: Notification.TextChange) throws(PushProblem) {
        if let text = payload { payload = try change(text, .json) { "apns.payload" } }
    }
}

extension FCMSection {
    fileprivate mutating func changeTexts(_ change: Notification.TextChange) throws(PushProblem) {
        message = try change(message, .json) { "fcm.message" }
    }
}

extension HMSSection {
    fileprivate mutating func changeTexts(_ change: Notification.TextChange) throws(PushProblem) {
        if let text = message { message = try change(text, .json) { "hms.message" } }
        if let text = payload { payload = try change(text, .json) { "hms.payload" } }
        if let text = pushOptions { pushOptions = try change(text, .json) { "hms.push_options" } }
    }
}

extension WNSSection {
    fileprivate mutating func changeTexts(_ change: Notification.TextChange) throws(PushProblem) {
        payload = try change(payload, type == "wns/raw" ? TextForm(guessedFrom: payload) : .xml) { "wns.payload" }
        if let text = tag { tag = try change(text, .plain) { "wns.tag" } }
    }
}

extension WebPushSection {
    fileprivate mutating func changeTexts(_ change: Notification.TextChange) throws(PushProblem) {
        payload = try change(payload, TextForm(guessedFrom: payload)) { "webpush.payload" }
    }
}
