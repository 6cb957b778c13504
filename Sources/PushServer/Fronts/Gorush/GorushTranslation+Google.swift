import PushSender

/// Platform 2.
extension GorushTranslation {
    func android(_ fields: GorushFields, _ tokens: [String]) throws(GorushProblem) -> Sending? {
        guard platforms.credential(.android) != nil else { return nil }
        var notification = PushSender.Notification()
        notification.fcm = FCMSection(message: try message(fields).text, validateOnly: try fields.isOn("dry_run") ? true : nil)
        return try sending(
            fields, .android, to: tokens.map { Token(address: $0) } + targets(fields), notification,
            policy: PushPolicy(ttl: ttl(try fields.integer("time_to_live")), collapseKey: collapseKey(try fields.text("collapse_key"))))
    }

    /// The object `message` of FCM v1: the client's own sections as they are, what the short fields say put beside them.
    private func message(_ fields: GorushFields) throws(GorushProblem) -> JSONMembers {
        var message = JSONMembers()
        for section in ["notification", "android", "webpush", "apns", "fcm_options"] {
            message[section] = try fields.object(section)?.text
        }
        let data = try fields.object("data") ?? JSONMembers()
        if !data.isEmpty { message["data"] = data.mapValues(Self.textual).text }
        let shown = (title: try fields.textJSON("title"), body: try fields.textJSON("message"), image: try fields.textJSON("image"))
        message.change("notification") { notification in
            notification["title"] = shown.title
            notification["body"] = shown.body
            notification["image"] = shown.image
        }
        let sound = fields.isText("sound") ? try fields.textJSON("sound") : nil
        try addAndroid(fields, sound: sound, &message)
        try addApple(fields, data, sound: sound, &message)
        return message
    }

    /// FCM's data are texts; any other value goes as its JSON.
    private static func textual(_ value: String) -> String {
        value.first == "\"" ? value : JSONMembers.string(value)
    }

    private func addAndroid(_ fields: GorushFields, sound: String?, _ message: inout JSONMembers) throws(GorushProblem) {
        let priority = try fields.text("priority").flatMap { ["high", "normal"].contains($0) ? "\"\($0)\"" : nil }
        let key = try fields.textJSON("collapse_key"), package = try fields.textJSON("restricted_package_name")
        let ttl = try fields.integer("time_to_live").map { "\"\($0)s\"" }
        message.change("android") { android in
            android.fill("priority", priority)
            android.fill("collapse_key", key)
            android.fill("ttl", ttl)
            android.fill("restricted_package_name", package)
            if let sound { android.change("notification") { $0.fill("sound", sound) } }
        }
    }

    /// For the devices that Google reaches through Apple.
    private func addApple(_ fields: GorushFields, _ data: JSONMembers, sound: String?, _ message: inout JSONMembers) throws(GorushProblem) {
        let isContentAvailable = try fields.isOn("content_available"), isMutable = try fields.isOn("mutable_content")
        guard isContentAvailable || isMutable || sound != nil else { return }
        message.change("apns") { apns in
            if isContentAvailable { apns.change("headers") { $0.fill("apns-priority", "\"5\"") } }
            apns.change("payload") { payload in
                payload.change("aps") { aps in
                    aps.fill("content-available", isContentAvailable ? "1" : nil)
                    aps.fill("mutable-content", isMutable ? "1" : nil)
                    aps.fill("sound", sound)
                }
                if isContentAvailable { for name in data.names where name != "aps" { payload.fill(name, data[name]) } }
            }
        }
    }
}
