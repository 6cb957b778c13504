/// Whom a message is for: exactly one of these.
public enum FCMTarget: Sendable, Hashable {
    /// A Firebase installation id.
    case fid(String)
    /// A registration token; works, but Google replaces it by installation ids.
    case token(String)
    case topic(FCMTopic)
    case condition(FCMCondition)

    /// Their names in a message.
    static let members = ["fid", "token", "topic", "condition"]

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
