/// What a tag says: one thing, or a list of things.
public enum TagValue: Sendable, Hashable {
    case string(String)
    case number(Double)
    case boolean(Bool)
    /// Of the others, no lists.
    case list([TagValue])

    /// What the tag is compared by: its members where it is a list, else itself.
    public var members: [TagValue] {
        if case .list(let members) = self { members } else { [self] }
    }
}

extension TagValue: Codable {
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let boolean = try? value.decode(Bool.self) {
            self = .boolean(boolean)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .string(text)
        } else {
            let members = try value.decode([TagValue].self)
            guard members.allSatisfy({ if case .list = $0 { false } else { true } }) else {
                throw DecodingError.dataCorruptedError(in: value, debugDescription: "a list in a list is no tag")
            }
            self = .list(members)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .string(let text): try value.encode(text)
        case .number(let number): try value.encode(number)
        case .boolean(let boolean): try value.encode(boolean)
        case .list(let members): try value.encode(members)
        }
    }
}
