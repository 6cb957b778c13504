import PushSender

// Rows in the order of their tables' keys: what is written one after the other stands side by side.

struct TagRow: Comparable {
    let name: String
    let value: String
    let shard: Int
    let device: String

    static func < (one: TagRow, other: TagRow) -> Bool {
        (one.name, one.value, one.shard, one.device) < (other.name, other.value, other.shard, other.device)
    }

    func values(_ app: AppID) -> [SQLValue] { [.integer(app.rawValue), .text(name), .text(value), .integer(shard), .text(device)] }
}

struct TopicRow: Comparable {
    let topic: String
    let shard: Int
    let device: String
    let origin: MembershipOrigin

    static func < (one: TopicRow, other: TopicRow) -> Bool {
        (one.topic, one.shard, one.device) < (other.topic, other.shard, other.device)
    }

    func values(_ app: AppID) -> [SQLValue] {
        [.integer(app.rawValue), .integer(shard), .text(device), .text(topic), .integer(origin.rawValue)]
    }
}
