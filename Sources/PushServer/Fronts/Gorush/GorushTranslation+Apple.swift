import PushSender
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Platform 1.
extension GorushTranslation {
    func ios(_ fields: GorushFields, _ tokens: [String]) throws(GorushProblem) -> Sending? {
        guard
            let place = platforms.place(
                topic: try fields.text("topic"), wanted: try environment(fields), usual: isProduction ? .production : .sandbox)
        else { return nil }
        let aps = try aps(fields), kind = try kind(fields, place)
        let isSilent = aps["content-available"] != nil && ["alert", "badge", "sound"].allSatisfy { aps[$0] == nil }
        var notification = PushSender.Notification()
        notification.apns = APNsSection(
            payload: try payload(aps, fields), pushType: try fields.text("push_type") ?? (kind.isEmpty ? nil : kind),
            priority: try priority(fields, isSilent))
        notification.apns?.id = try fields.text("apns_id")
        let (ttl, expiresAt) = try life(fields)
        return try sending(
            fields, .ios,
            to: tokens.map { Token(address: $0, environment: place.environment, kind: kind, appIdentifier: place.bundleID) }, notification,
            policy: PushPolicy(ttl: ttl, collapseKey: try collapseID(fields)), expiresAt: expiresAt, isUrgent: !isSilent)
    }

    private func environment(_ fields: GorushFields) throws(GorushProblem) -> ProviderEnvironment? {
        if try fields.isOn("production") { return .production }
        return try fields.isOn("development") ? .sandbox : nil
    }

    /// Which sort of token it is for: what the push type says, else the topic, else what only Live Activities have.
    private func kind(_ fields: GorushFields, _ place: GorushPlatforms.Place) throws(GorushProblem) -> String {
        if let type = try fields.text("push_type") { return ["alert", "background"].contains(type) ? "" : type }
        if !place.kind.isEmpty { return place.kind }
        guard try fields.text("event") != nil, try fields.integer("timestamp") != nil else { return "" }
        return "liveactivity"
    }

    /// A push that shows nothing has no high priority at Apple's.
    private func priority(_ fields: GorushFields, _ isSilent: Bool) throws(GorushProblem) -> Int? {
        switch try fields.text("priority") {
        case "high": isSilent ? nil : 10
        case "normal": 5
        default: nil
        }
    }

    private func collapseID(_ fields: GorushFields) throws(GorushProblem) -> String? {
        let id = try fields.text("collapse_id")
        guard collapseKey(id) == id else { throw fields.wrong("collapse_id", "give at most \(PushLimits().collapseKeyBytes) bytes") }
        return id
    }

    /// What has passed is sent once, now or never, as Apple takes it. Nobody keeps anything as long as the core's limit.
    private func life(_ fields: GorushFields) throws(GorushProblem) -> (TTL, expiresAt: Date?) {
        guard let seconds = try fields.integer("expiration") else { return (PushPolicy.defaultTTL, nil) }
        let limit = now.addingTimeInterval(TimeInterval(PushLimits().expiryDays) * 86_400)
        let moment = min(Date(timeIntervalSince1970: TimeInterval(seconds)), limit)
        return moment > now.addingTimeInterval(1) ? (PushPolicy.defaultTTL, moment) : (TTL(seconds: 0), nil)
    }

    // MARK: The payload

    private func payload(_ aps: JSONMembers, _ fields: GorushFields) throws(GorushProblem) -> String {
        var payload = JSONMembers()
        payload["aps"] = aps.text
        let data = try fields.object("data") ?? JSONMembers()
        guard data["aps"] == nil else { throw fields.wrong("data", "aps is what the other fields make; give the member another name") }
        for name in data.names { payload[name] = data[name] }
        return payload.text
    }

    private func aps(_ fields: GorushFields) throws(GorushProblem) -> JSONMembers {
        var aps = JSONMembers()
        aps["alert"] = try alert(fields)
        if let badge = try fields.integer("badge"), badge >= 0 { aps["badge"] = "\(badge)" }
        aps["sound"] = try sound(fields)
        aps["thread-id"] = try fields.textJSON("thread-id")
        aps["category"] = try fields.textJSON("category")
        aps["url-args"] = try fields.texts("url-args").flatMap { $0.isEmpty ? nil : fields.json("url-args") }
        aps["interruption-level"] = try fields.textJSON("interruption_level")
        if try fields.isOn("content_available") { aps["content-available"] = "1" }
        // Without an alert there is nothing to change.
        if try fields.isOn("mutable_content"), aps["alert"] != nil { aps["mutable-content"] = "1" }
        try addLiveActivity(fields, &aps)
        return aps
    }

    private func addLiveActivity(_ fields: GorushFields, _ aps: inout JSONMembers) throws(GorushProblem) {
        for name in ["content-state", "attributes"] { aps[name] = try fields.object(name).flatMap { $0.isEmpty ? nil : $0.text } }
        for name in ["event", "attributes-type"] { aps[name] = try fields.textJSON(name) }
        for name in ["timestamp", "stale-date", "dismissal-date", "relevance-score"] {
            aps[name] = try fields.numberJSON(name).flatMap { $0 == "0" ? nil : $0 }
        }
    }

    private static let alertTexts = [
        "title", "subtitle", "body", "action", "action-loc-key", "launch-image", "loc-key", "loc-args", "title-loc-key", "title-loc-args",
        "summary-arg", "summary-arg-count",
    ]

    /// What `alert` says wins over `title` and `message`; a message alone is the plain text.
    private func alert(_ fields: GorushFields) throws(GorushProblem) -> String? {
        let given = try fields.object("alert") ?? JSONMembers(), title = try fields.textJSON("title"),
            message = try fields.textJSON("message")
        var alert = JSONMembers()
        for name in Self.alertTexts {
            guard let value = given[name], !["null", "\"\"", "[]", "0"].contains(value) else { continue }
            alert[name] = value
        }
        if alert.isEmpty, title == nil { return message }
        alert.fill("title", title)
        alert.fill("body", message)
        return alert.text
    }

    /// `name` and `volume` make it a critical alert's.
    private func sound(_ fields: GorushFields) throws(GorushProblem) -> String? {
        let name = try fields.textJSON("name"), volume = try fields.numberJSON("volume").flatMap { $0 == "0" ? nil : $0 }
        if fields.isText("sound"), name == nil, volume == nil { return try fields.textJSON("sound") }
        let given = fields.isText("sound") ? nil : try fields.object("sound")
        guard given != nil || name != nil || volume != nil else { return nil }
        var sound = JSONMembers()
        sound["critical"] = given.map { ["1", "true"].contains($0["critical"]) ? "1" : "0" } ?? "1"
        sound["name"] = name ?? given?["name"] ?? "\"default\""
        sound["volume"] = volume ?? given?["volume"] ?? "1"
        return sound.text
    }
}
