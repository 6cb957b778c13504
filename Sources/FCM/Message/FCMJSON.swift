/// Any JSON, for the members whose shape is somebody else's. Integers stay integers.
public enum FCMJSON: Sendable, Hashable, Codable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([FCMJSON])
    case object([String: FCMJSON])

    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let integer = try? value.decode(Int64.self) {
            self = .integer(integer)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([FCMJSON].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: FCMJSON].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .bool(let bool): try value.encode(bool)
        case .integer(let integer): try value.encode(integer)
        case .number(let number): try value.encode(number)
        case .string(let string): try value.encode(string)
        case .array(let array): try value.encode(array)
        case .object(let object): try value.encode(object)
        }
    }
}

extension FCMJSON {
    /// All names and texts inside: less than what is written, whatever else there is.
    var textBytes: Int {
        switch self {
        case .null, .bool, .integer, .number: 0
        case .string(let text): text.utf8.count
        case .array(let values): values.reduce(0) { $0 + $1.textBytes }
        case .object(let members): members.reduce(0) { $0 + $1.key.utf8.count + $1.value.textBytes }
        }
    }

    /// - Throws: `invalidField` for infinity and NaN, which JSON doesn't have.
    func checkNumbers(_ field: String) throws(FCMError) {
        switch self {
        case .null, .bool, .integer, .string: break
        case .number(let number): try check(number.isFinite, field, "JSON has no \(number)")
        case .array(let values): for value in values { try value.checkNumbers(field) }
        case .object(let members): for member in members { try member.value.checkNumbers("\(field).\(member.key)") }
        }
    }
}
