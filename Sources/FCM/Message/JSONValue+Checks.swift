import JSON

extension JSONValue {
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
