import PushSender
import WebPush

/// Platform 3.
extension GorushTranslation {
    func huawei(_ fields: GorushFields, _ tokens: [String]) throws(GorushProblem) -> Sending? {
        let app = try fields.text("app_id")
        guard let credential = platforms.credential(.huawei, for: app) else { return nil }
        let appIdentifier = app == nil ? "" : credential.appIdentifier
        var notification = PushSender.Notification()
        notification.hms = HMSSection(message: try huaweiMessage(fields).text)
        let all = tokens.map { Token(address: $0) } + (try targets(fields))
        return try sending(
            fields, .huawei, to: all.map { Token(address: $0.address, kind: $0.kind, appIdentifier: appIdentifier) }, notification,
            policy: PushPolicy(ttl: ttl(Self.seconds(try fields.text("huawei_ttl")))))
    }

    /// The object `message` of Push Kit v1.
    private func huaweiMessage(_ fields: GorushFields) throws(GorushProblem) -> JSONMembers {
        var message = JSONMembers(), android = JSONMembers()
        message["data"] = try fields.textJSON("huawei_data")
        android["urgency"] = try fields.text("priority") == "high" ? "\"HIGH\"" : "\"NORMAL\""
        android["collapse_key"] = try fields.integer("huawei_collapse_key").map { "\($0)" }
        android["category"] = try fields.textJSON("category")
        android["ttl"] = try fields.textJSON("huawei_ttl")
        android["bi_tag"] = try fields.textJSON("bi_tag")
        android["fast_app_target"] = try fields.integer("fast_app_target").flatMap { $0 == 0 ? nil : "\($0)" }
        android["notification"] = try huaweiNotification(fields)
        message["android"] = android.text
        return message
    }

    private func huaweiNotification(_ fields: GorushFields) throws(GorushProblem) -> String? {
        var shown = try fields.object("huawei_notification") ?? JSONMembers()
        shown["title"] = try fields.textJSON("title")
        shown["body"] = try fields.textJSON("message")
        shown["image"] = try fields.textJSON("image")
        let sound = fields.isText("sound") ? try fields.textJSON("sound") : nil
        shown["sound"] = sound
        if shown.isEmpty { return nil }
        if shown["sound"] == nil { shown.fill("default_sound", "true") }
        shown.fill("click_action", #"{"type":3}"#)
        return shown.text
    }

    /// `86400s`
    private static func seconds(_ ttl: String?) -> Int? {
        ttl.flatMap { $0.hasSuffix("s") ? Int($0.dropLast()) : nil }
    }
}
