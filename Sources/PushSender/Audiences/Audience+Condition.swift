extension Audience {
    /// Whom it is for, as one condition on devices. Tokens that needn't be registered are of no device.
    public var condition: AudienceCondition {
        .allOf(
            [startsWithEveryone ? .always : .anyOf(named)] + (tags.map { [$0.condition] } ?? [])
                + (records.map { [$0.onDevices] } ?? []) + excluded.map(\.condition.negation)
        )
    }

    private var named: [AudienceCondition] {
        var parts = topics.map { AudienceCondition.term(.topic($0)) } + saved.map(\.condition)
        if !devices.isEmpty { parts.append(.term(.isOneOf(.device(.id), devices.map { .string($0.rawValue) }))) }
        if !users.isEmpty { parts.append(.term(.isOneOf(.device(.user), users.map { .string($0) }))) }
        return parts
    }
}

/// What an audience may be at most, with all that it is made of.
public enum AudienceLimits {
    /// Devices, users, topics, and values in expressions.
    public static let names = 5000
    /// Comparisons in expressions, and topics.
    public static let terms = 1000
    /// Parentheses, exclusions and saved audiences within each other.
    public static let nestingLevels = 24
}

extension Audience {
    /// - Parameter field: where the audience stands in the request.
    /// - Throws: when it, with its saved and excluded audiences, is more than databases are asked at once.
    public func checkSize(field: String = "audience") throws(PushProblem) {
        let size = condition.size
        let excess: (Int, Int, String)? =
            size.names > AudienceLimits.names
            ? (size.names, AudienceLimits.names, "names and values")
            : size.terms > AudienceLimits.terms
                ? (size.terms, AudienceLimits.terms, "topics and comparisons")
                : size.levels > AudienceLimits.nestingLevels
                    ? (size.levels, AudienceLimits.nestingLevels, "conditions within each other") : nil
        guard let (count, limit, what) = excess else { return }
        throw PushProblem(
            .invalidField, field: field,
            "with its saved and excluded audiences, it has \(count) \(what), more than the limit of \(limit); use a topic or several pushes"
        )
    }
}

extension AudienceCondition {
    /// How much it asks of whoever evaluates it.
    fileprivate typealias Size = (names: Int, terms: Int, levels: Int)

    fileprivate var size: Size {
        switch self {
        case .term(.isOneOf(_, let values)), .term(.record(_, _, .isOneOf(let values))): (values.count, 1, 0)
        case .term: (1, 1, 0)
        case .not(let condition): Self.sum([condition.size])
        case .all(let parts), .any(let parts): Self.sum(parts.map(\.size))
        }
    }

    private static func sum(_ parts: [Size]) -> Size {
        (parts.reduce(0) { $0 + $1.names }, parts.reduce(0) { $0 + $1.terms }, (parts.map(\.levels).max() ?? 0) + 1)
    }
}
