public import JSON

/// A notification with gaps, kept under a name.
public struct Template: Sendable, Hashable, Codable {
    /// What a push gives, by name.
    public var variables: [String: TemplateVariable]
    public var notification: Notification
    /// What devices of a locale get instead, field by field.
    public var locales: [String: Notification]

    public init(
        variables: [String: TemplateVariable] = [:], notification: Notification, locales: [String: Notification] = [:]
    ) {
        self.variables = variables
        self.notification = notification
        self.locales = locales
    }

    private enum CodingKeys: String, CodingKey { case variables, notification, locales }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        variables = try fields.decodeIfPresent([String: TemplateVariable].self, forKey: .variables) ?? [:]
        notification = try fields.decode(Notification.self, forKey: .notification)
        locales = try fields.decodeIfPresent([String: Notification].self, forKey: .locales) ?? [:]
    }
}

/// A gap's type, and what fills it when a push doesn't.
public struct TemplateVariable: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case string, number, boolean
        /// Of strings.
        case list
    }

    public let type: Kind
    /// Nil: every push must give one.
    public let `default`: JSONValue?

    public init(_ type: Kind, default: JSONValue? = nil) {
        self.type = type
        self.default = `default`
    }
}

extension TemplateVariable.Kind {
    /// The type of a value that nobody declared; nil when it is of none.
    init?(of value: JSONValue) {
        guard let kind = Self.allCases.first(where: { $0.takes(value) }) else { return nil }
        self = kind
    }

    func takes(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.string, .string), (.number, .integer), (.number, .number), (.boolean, .bool): true
        case (.list, .array(let items)): items.allSatisfy { if case .string = $0 { true } else { false } }
        default: false
        }
    }

    var words: String {
        switch self {
        case .string: "text"
        case .number: "a number"
        case .boolean: "true or false"
        case .list: "a list of texts"
        }
    }
}
