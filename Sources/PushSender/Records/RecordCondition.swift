/// Something that is true or false of a record.
///
/// A place is a member's name, or several with dots between them for members of members: `meta.color`. Lists stand where their members
/// stand: a list fits when any of its members does. `id` is the record's own. Null is as good as missing.
public indirect enum RecordCondition: Sendable, Hashable, Codable {
    case value(at: String, RecordTest)
    case not(RecordCondition)
    /// True when there are none.
    case all([RecordCondition])
    /// False when there are none.
    case any([RecordCondition])

    public static let always = all([])
    public static let never = any([])

    /// Whether anything is there: a value, an object, a list, an empty one too.
    public static func exists(_ path: String) -> Self { .value(at: path, .exists) }
    public static func equals(_ path: String, _ value: TagValue) -> Self { .value(at: path, .isOneOf(value.members)) }
}

/// What is asked of a value. False of one that is missing.
public enum RecordTest: Sendable, Hashable, Codable {
    case exists
    /// Equal to one of these, none of which is a list; of the same type, too.
    case isOneOf([TagValue])
    /// Within these bounds, and of the same type. Text compares byte by byte, its first ``comparedBytes``, and `false < true`.
    case isWithin([RecordBound])
    /// Text in which the pattern stands: `%` is any text, `_` any one character.
    case like(String, ignoresCase: Bool)
    /// Text in which the regular expression is found, in the database's own language.
    case regexp(String, ignoresCase: Bool)

    /// Longer texts that begin alike are in no particular order.
    public static let comparedBytes = 160
}

public struct RecordBound: Sendable, Hashable, Codable {
    public let order: AudienceOrder
    /// No list.
    public let value: TagValue

    public init(_ order: AudienceOrder, _ value: TagValue) {
        self.order = order
        self.value = value
    }
}

extension RecordCondition {
    /// What it asks of whoever evaluates it.
    public var size: (tests: Int, values: Int, levels: Int) {
        switch self {
        case .value(_, .isOneOf(let values)): (1, values.count, 0)
        case .value: (1, 1, 0)
        case .not(let part): Self.sum([part.size])
        case .all(let parts), .any(let parts): Self.sum(parts.map(\.size))
        }
    }

    private static func sum(_ parts: [(tests: Int, values: Int, levels: Int)]) -> (tests: Int, values: Int, levels: Int) {
        (
            parts.reduce(0) { $0 + $1.tests }, parts.reduce(0) { $0 + $1.values },
            (parts.map(\.levels).max() ?? 0) + 1
        )
    }
}
