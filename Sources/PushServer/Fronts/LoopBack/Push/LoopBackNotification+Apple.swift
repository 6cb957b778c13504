import PushSender

extension LoopBackNotification {
    /// For APNs: `aps` of what LoopBack knows, everything else beside it.
    var apns: APNsSection {
        var payload = LoopBackValue.object(["aps": aps])
        for member in custom.members ?? [] where member.name != "aps" { payload[member.name] = member.value }
        return APNsSection(
            payload: payload.json, pushType: showsNothing ? "background" : "alert",
            // A push that shows nothing has no high priority at Apple's.
            priority: showsNothing ? 5 : nil, collapseID: collapseID)
    }

    private var aps: LoopBackValue {
        var aps = LoopBackValue.emptyObject
        aps["alert"] = appleAlert
        aps["badge"] = appleBadge.map { .integer($0) }
        aps["sound"] = sound.map { .string($0) }
        aps["category"] = category.map { .string($0) }
        aps["content-available"] = isContentAvailable || showsNothing ? .integer(1) : nil
        aps["url-args"] = urlArgs
        return aps
    }

    private var appleAlert: LoopBackValue? {
        var alert = alert ?? .emptyObject
        if alert.members == nil { alert = .object(["body": .string(LoopBackType.text(alert))]) }
        if let title = words("title") ?? words("messageFrom") { alert["title"] = .string(title) }
        return alert == .emptyObject ? nil : alert
    }

    /// -1 was to mean "one more", and never did.
    private var appleBadge: Int? { badge.flatMap { $0 < 0 ? nil : $0 } }

    private var showsNothing: Bool { appleAlert == nil && appleBadge == nil && sound == nil }

    private var collapseID: String? {
        collapseKey.flatMap { (1...PushLimits().collapseKeyBytes).contains($0.utf8.count) ? $0 : nil }
    }
}
