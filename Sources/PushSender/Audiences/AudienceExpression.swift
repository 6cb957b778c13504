/// A condition on devices as an App's developer writes it, already parsed: `plan == "pro" and (country in ["de", "at"] or age >= 18)`.
///
/// | written | true of a device |
/// |---|---|
/// | `a and b`, `a or b`, `not a`, `( … )` | `not` binds tightest, then `and` |
/// | `beta` | whose tag `beta` is `true` |
/// | `plan == "pro"`, `age >= 18` | whose tag compares so; `==`, `!=`, `<`, `<=`, `>`, `>=` |
/// | `country in ["de", "at"]`, `… not in […]` | whose tag is one of them |
/// | `has(plan)` | that has the tag at all |
/// | `topic("news")` | that is in the topic |
/// | `tag("odd name")` | stands wherever a tag's name may |
/// | `device.platform == "ios"` | of that platform; likewise `provider`, `locale`, `time_zone`, `user`, `id` |
/// | `device.app_version >= "2.10"` | of that version or a newer one (see ``VersionKey``) |
/// | `device.last_seen > "30d ago"` | that registered after that moment; or after `"2026-01-31T00:00:00Z"` |
///
/// A list fits when any of its members does. A tag that is missing, or of another type than what it is compared with, fits nothing;
/// `!=` and `not in` are the exact opposites of `==` and `in`, and so true of it. Text compares byte by byte, and `false < true`.
public struct AudienceExpression: Sendable, Hashable {
    /// As it was written.
    public let text: String
    public let condition: AudienceCondition

    /// - Throws: ``AudienceExpressionProblem``, which points at the character. Nothing that can be written overflows the stack.
    public init(_ text: String) throws(AudienceExpressionProblem) {
        self.text = text
        condition = try AudienceParser.parse(text)
    }

    /// A condition as if it had been written.
    /// - Throws: when nobody could write it: it is longer than ``AudienceExpressionLimits``, say.
    public init(_ condition: AudienceCondition) throws(AudienceExpressionProblem) { try self.init(condition.description) }

    /// Two are the same when they mean the same tree, however it was written.
    public static func == (one: Self, other: Self) -> Bool { one.condition == other.condition }
    public func hash(into hasher: inout Hasher) { hasher.combine(condition) }
}

/// What an expression may be at most.
public enum AudienceExpressionLimits {
    public static let textBytes = 8192
    /// Parentheses and `not` within each other.
    public static let nestingLevels = 16
    /// Comparisons, `has(…)` and `topic(…)`.
    public static let terms = 200
    /// Members of an `in [ … ]`.
    public static let listMembers = 500
}

extension AudienceExpression: Codable {
    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(text)
    }

    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        let text = try value.decode(String.self)
        do { try self.init(text) } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.description, underlyingError: error))
        }
    }
}

extension AudienceExpression: CustomStringConvertible { public var description: String { text } }
