/// Any JSON value. Reading it by hand keeps the simulators fast, and tells what a typed decoder hides: repeated names and unknown members.
enum JSONText: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONText])
    case object([Member])

    struct Member: Sendable, Equatable {
        let name: String
        let value: JSONText
    }

    /// Of an object; the last of that name, as Google and most parsers have it. Nil for anything else.
    subscript(name: String) -> JSONText? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    var string: String? { if case .string(let text) = self { text } else { nil } }
    var number: Double? { if case .number(let number) = self { number } else { nil } }
    /// Nil when there is a fraction.
    var integer: Int? { number.flatMap { Int(exactly: $0) } }
    var array: [JSONText]? { if case .array(let values) = self { values } else { nil } }
    var object: [Member]? { if case .object(let members) = self { members } else { nil } }

    /// - Returns: nil when the bytes are not one JSON text (RFC 8259) in UTF-8.
    init?(_ bytes: [UInt8]) {
        guard let value = bytes.withUnsafeBufferPointer({ JSONScanner.value(in: $0) }) else { return nil }
        self = value
    }

    /// Text in quotes, escaped.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\0"..<" ": quoted += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
