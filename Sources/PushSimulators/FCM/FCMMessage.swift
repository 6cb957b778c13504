/// A message of the right shape, to be judged by its contents (Firebase: projects.messages).
struct FCMMessage {
    static let maximumTTLSeconds = 2_419_200.0
    static let maximumPayloadBytes = 4096
    static let maximumTopicPayloadBytes = 2048
    static let maximumConditionTopics = 5

    private static let targetKinds = ["fid", "token", "topic", "condition"]
    private static let reservedKeys = ["from", "message_type", "notification"]

    private let json: JSONText

    init(_ json: JSONText) { self.json = json }

    /// By snake_case or lowerCamelCase.
    private func member(_ name: String, of object: JSONText? = nil) -> JSONText? {
        let found = (object ?? json).object?.last { $0.name == name || FCMSchema.snake($0.name) == name }?.value
        return found == .null ? nil : found
    }

    var targets: [(kind: String, value: String)] {
        Self.targetKinds.compactMap { kind in member(kind)?.string.map { (kind, $0) } }
    }
    var target: (kind: String, value: String)? { targets.first }

    /// Of a request whose shape is wrong, as far as they can be found.
    static func targets(_ request: JSONText) -> [String] { FCMMessage(request["message"] ?? .null).targets.map(\.value) }

    /// - Returns: what FCM has against it; nil for a good message.
    func refusal() -> FCMRefusal? {
        guard json.object != nil else { return .invalid("message", "Message is missing.") }
        guard targets.count == 1, let target else {
            return targets.isEmpty
                ? .invalid("message", "Recipient of the message is not set.")
                : .invalid("message", "Exactly one of fid, token, topic or condition is required.")
        }
        return refusal(of: target) ?? refusalOfData() ?? refusalOfAndroid() ?? refusalOfLabels() ?? refusalOfSize(target.kind)
    }

    private func refusal(of target: (kind: String, value: String)) -> FCMRefusal? {
        switch target.kind {
        case "topic": Self.isTopic(target.value) ? nil : .invalid("message.topic", "Invalid topic name.")
        case "condition": refusal(ofCondition: target.value)
        default: Self.isRegistration(target.value) ? nil : .invalid(
            "message.\(target.kind)", "The registration token is not a valid FCM registration token")
        }
    }

    private func refusal(ofCondition text: String) -> FCMRefusal? {
        guard let topics = FCMCondition.topics(text), topics.allSatisfy(Self.isTopic) else {
            return .invalid("message.condition", "Invalid condition expression.")
        }
        return topics.count <= Self.maximumConditionTopics
            ? nil : .invalid("message.condition", "Invalid number of topics in the condition.")
    }

    private func refusalOfData() -> FCMRefusal? {
        for (path, object) in [("message.data", json), ("message.android.data", member("android"))] {
            guard let object else { continue }
            for entry in member("data", of: object)?.object ?? [] where Self.isReserved(entry.name) {
                return .invalid("\(path)[\(entry.name)]", "Invalid data payload key: \(entry.name)")
            }
        }
        return nil
    }

    private func refusalOfAndroid() -> FCMRefusal? {
        guard let android = member("android") else { return nil }
        if let ttl = member("ttl", of: android)?.string.flatMap(FCMDuration.init), !(0...Self.maximumTTLSeconds).contains(ttl.seconds) {
            return .invalid("message.android.ttl", "Invalid ttl: it is from 0s to 2419200s.")
        }
        guard let notification = member("notification", of: android), let color = member("color", of: notification)?.string else {
            return nil
        }
        let isColor = color.first == "#" && color.count == 7 && color.dropFirst().allSatisfy(\.isHexDigit)
        return isColor ? nil : .invalid("message.android.notification.color", "Invalid color: it is in the format #rrggbb.")
    }

    private func refusalOfLabels() -> FCMRefusal? {
        let owners: [(String, JSONText?)] = [
            ("message", json), ("message.android", member("android")), ("message.webpush", member("webpush")),
            ("message.apns", member("apns")),
        ]
        for (path, owner) in owners {
            guard let owner, let options = member("fcm_options", of: owner) else { continue }
            if let label = member("analytics_label", of: options)?.string, !Self.isLabel(label) {
                return .invalid("\(path).fcm_options.analytics_label", "Invalid analytics label.")
            }
            if let link = member("link", of: options)?.string, !link.lowercased().hasPrefix("https://") {
                return .invalid("\(path).fcm_options.link", "Invalid link: it must be an HTTPS URL.")
            }
        }
        return nil
    }

    /// Keys and values of data and notification, in bytes.
    private func refusalOfSize(_ kind: String) -> FCMRefusal? {
        let android = member("android")
        let parts = [
            android.flatMap { member("data", of: $0) } ?? member("data"), member("notification"),
            android.flatMap { member("notification", of: $0) }, member("apns").flatMap { member("payload", of: $0) },
        ]
        let maximum = kind == "topic" || kind == "condition" ? Self.maximumTopicPayloadBytes : Self.maximumPayloadBytes
        let isTooBig = [parts[0], parts[1], parts[2]].reduce(0) { $0 + ($1?.textBytes ?? 0) } > maximum
            || (parts[3]?.textBytes ?? 0) > Self.maximumPayloadBytes
        return isTooBig ? FCMRefusal(status: 400, errorCode: "INVALID_ARGUMENT", message: "Message too big") : nil
    }
}

// Words
extension FCMMessage {
    private static func isReserved(_ key: String) -> Bool {
        reservedKeys.contains(key) || key.hasPrefix("google") || key.hasPrefix("gcm")
    }

    private static func isTopic(_ text: String) -> Bool { (1...900).contains(text.utf8.count) && text.utf8.allSatisfy(isTopicByte) }

    private static func isLabel(_ text: String) -> Bool { (1...50).contains(text.utf8.count) && text.utf8.allSatisfy(isTopicByte) }

    /// Any text that could be one: the real ones look like `<22 characters>:APA91b…`, an installation id like those 22.
    private static func isRegistration(_ text: String) -> Bool {
        (1...4096).contains(text.utf8.count)
            && text.utf8.allSatisfy { isTopicByte($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "=") }
    }

    private static func isTopicByte(_ byte: UInt8) -> Bool {
        APNsVocabulary.isTopicByte(byte) || byte == UInt8(ascii: "~") || byte == UInt8(ascii: "%")
    }
}

extension JSONText {
    /// Of all names and texts inside; a number counts as one written without fraction.
    fileprivate var textBytes: Int {
        switch self {
        case .null, .bool: 4
        case .number(let number): Int(exactly: number).map { String($0).utf8.count } ?? 8
        case .string(let text): text.utf8.count
        case .array(let values): values.reduce(0) { $0 + $1.textBytes }
        case .object(let members): members.reduce(0) { $0 + $1.name.utf8.count + $1.value.textBytes }
        }
    }
}
