import PushSender

/// What clients name: checked before it reaches a database.
enum CentrifugoNames {
    /// Devices, users or topics named by one request.
    static let limit = 1000

    static func checked(_ names: [String]?, _ field: String) throws(CentrifugoError) -> [String] {
        let names = names ?? []
        guard names.count <= limit, names.allSatisfy({ $0.utf8.count <= Names.limitBytes && !$0.utf8.contains(0) }) else {
            throw .badRequest("\(field): give at most \(limit), of at most \(Names.limitBytes) bytes each, none of them NUL")
        }
        return names
    }

    /// Topics to join, which must have names.
    static func checked(topics: [String]?, _ field: String = "topics") throws(CentrifugoError) -> [String] {
        let topics = try checked(topics, field)
        guard !topics.contains("") else { throw .badRequest("\(field): a topic needs a name") }
        return topics
    }

    /// - Returns: nil for none.
    static func checked(name: String?, _ field: String) throws(CentrifugoError) -> String? {
        try checked(name.map { [$0] }, field).first?.orAbsent
    }
}

/// `op` with the topics that it is about.
struct TopicOperation {
    let change: TopicChange

    init(_ op: String?, _ topics: [String]?, _ field: String = "") throws(CentrifugoError) {
        let topics = try CentrifugoNames.checked(topics: topics, field + "topics")
        switch op ?? "" {
        case "add": change = .add(topics)
        case "remove": change = .remove(topics)
        case "set": change = .set(topics)
        default: throw .badRequest("\(field)op: give add, remove or set")
        }
    }
}

extension AudienceCondition {
    /// Devices whose field is one of these; every device where there are none.
    static func among(_ names: [String], _ field: DeviceField) -> AudienceCondition {
        names.isEmpty ? .always : .term(.isOneOf(.device(field), names.map { .string($0) }))
    }

    /// Devices in one of these topics; every device where there are none.
    static func inTopics(_ topics: [String]) -> AudienceCondition {
        topics.isEmpty ? .always : .anyOf(topics.map { .term(.topic($0)) })
    }
}
