/// Whom a message is for: exactly one of these.
public enum FCMTarget: Sendable, Hashable {
    /// A Firebase installation id.
    case fid(String)
    /// A registration token; works, but Google replaces it by installation ids.
    case token(String)
    case topic(FCMTopic)
    case condition(FCMCondition)

    /// The member of the message, and its value.
    var member: (name: String, value: String) {
        switch self {
        case .fid(let value): ("fid", value)
        case .token(let value): ("token", value)
        case .topic(let topic): ("topic", topic.name)
        case .condition(let condition): ("condition", condition.text)
        }
    }

    /// Keys and values together, in bytes.
    var payloadLimitBytes: Int {
        switch self {
        case .fid, .token: FCMLimits.payloadBytes
        case .topic, .condition: FCMLimits.topicPayloadBytes
        }
    }
}

/// A topic's name, without `/topics/`.
public struct FCMTopic: Sendable, Hashable {
    public let name: String

    /// - Parameter text: 1 to 900 of `a-zA-Z0-9-_.~%`; the old prefix `/topics/` is taken off.
    /// - Throws: `invalidField` naming `topic`.
    public init(_ text: String) throws(FCMError) {
        let name = text.hasPrefix("/topics/") ? String(text.dropFirst(8)) : text
        try check(
            (1...900).contains(name.utf8.count) && name.utf8.allSatisfy(isLabelByte), "topic",
            "give 1 to 900 of a-z, A-Z, 0-9, -, _, ., ~ and %")
        self.name = name
    }
}

/// `'a' in topics && ('b' in topics || !('c' in topics))`
public struct FCMCondition: Sendable, Hashable {
    public let text: String

    /// - Throws: `invalidField` naming `condition` when it names no topic or more than five, or its parentheses or quotes don't close. The rest of
    ///   the grammar is left to FCM.
    public init(_ text: String) throws(FCMError) {
        let quoted = text.split(separator: "'", omittingEmptySubsequences: false)
        try check(quoted.count % 2 == 1, "condition", "a quote is not closed; write 'news' in topics")
        let topics = quoted.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        try check(
            (1...FCMLimits.conditionTopics).contains(topics.count), "condition",
            "name 1 to \(FCMLimits.conditionTopics) topics, not \(topics.count)")
        for topic in topics { _ = try FCMTopic(String(topic)) }
        let outside = quoted.enumerated().filter { $0.offset % 2 == 0 }.flatMap(\.element)
        try check(
            outside.count { $0 == "(" } == outside.count { $0 == ")" }, "condition", "a parenthesis is not closed")
        self.text = text
    }
}

/// FCM's limits (Firebase: "Throttling and quotas", reference of `projects.messages`).
public enum FCMLimits {
    public static let payloadBytes = 4096
    public static let topicPayloadBytes = 2048
    public static let conditionTopics = 5
    /// 28 days.
    public static let ttlSeconds = 2_419_200
}

/// What topics and analytics labels are made of.
func isLabelByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"), UInt8(ascii: "%"):
        true
    default: false
    }
}
