extension FCMSchema {
    /// What in the value doesn't fit, in Google's words.
    func violations(in value: JSONText, at path: String = "") -> [FCMRefusal.Violation] {
        // null is a member that isn't there.
        if value == .null { return [] }
        switch self {
        case .message(let members): return violations(in: value, at: path, members)
        case .textMap: return value.object.map { Self.violations(ofTexts: $0, at: path) } ?? mismatch(path, "Map")
        case .texts: return list(value, path, .text)
        case .durations: return list(value, path, .duration)
        case .anyObject: return value.object == nil ? mismatch(path, "type.googleapis.com/google.protobuf.Struct") : []
        case .text: return value.string == nil ? mismatch(path, "TYPE_STRING") : []
        case .bool: return Self.isBool(value) ? [] : mismatch(path, "TYPE_BOOL")
        case .integer: return Self.isInteger(value) ? [] : mismatch(path, "TYPE_INT32")
        case .number: return value.number == nil && value.string.flatMap(Double.init) == nil ? mismatch(path, "TYPE_FLOAT") : []
        case .duration: return FCMDuration(value.string ?? "") == nil ? mismatch(path, "type.googleapis.com/google.protobuf.Duration") : []
        // Google's own SDKs write `high` for HIGH.
        case .word(let words): return value.string.map({ words.contains($0.uppercased()) }) == true ? [] : mismatch(path, "TYPE_ENUM")
        }
    }

    private func violations(in value: JSONText, at path: String, _ members: [String: FCMSchema]) -> [FCMRefusal.Violation] {
        guard let given = value.object else { return mismatch(path, "Message") }
        return given.flatMap { member -> [FCMRefusal.Violation] in
            let name = Self.snake(member.name)
            guard let schema = members[name] else {
                let place = path.isEmpty ? "" : " at '\(path)'"
                let sentence = "Invalid JSON payload received. Unknown name \"\(member.name)\"\(place): Cannot find field."
                return [.init(field: path, description: sentence)]
            }
            return schema.violations(in: member.value, at: path.isEmpty ? name : path + "." + name)
        }
    }

    private static func violations(ofTexts members: [JSONText.Member], at path: String) -> [FCMRefusal.Violation] {
        members.flatMap { $0.value.string == nil ? text.mismatch("\(path)[\($0.name)]", "TYPE_STRING") : [] }
    }

    private func list(_ value: JSONText, _ path: String, _ element: FCMSchema) -> [FCMRefusal.Violation] {
        guard let values = value.array else { return mismatch(path, "List") }
        return values.enumerated().flatMap { element.violations(in: $1, at: "\(path)[\($0)]") }
    }

    private func mismatch(_ path: String, _ kind: String) -> [FCMRefusal.Violation] {
        [.init(field: path, description: "Invalid value at '\(path)' (\(kind))")]
    }

    private static func isBool(_ value: JSONText) -> Bool { if case .bool = value { true } else { false } }

    private static func isInteger(_ value: JSONText) -> Bool {
        (value.integer ?? value.string.flatMap(Int.init)).map { Int32(exactly: $0) != nil } == true
    }

    /// `analyticsLabel` is `analytics_label`.
    static func snake(_ name: String) -> String {
        guard name.utf8.contains(where: { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) else { return name }
        return name.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }
}

/// google.protobuf.Duration in JSON: seconds with at most nine decimals, and an s.
struct FCMDuration {
    let seconds: Double

    init?(_ text: String) {
        guard text.last == "s" else { return nil }
        let parts = text.dropLast().split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let whole = parts[0].hasPrefix("-") ? parts[0].dropFirst() : parts[0]
        guard Self.areDigits(whole), parts.count == 1 || Self.areDigits(parts[1]) && parts[1].count <= 9,
            let seconds = Double(text.dropLast())
        else { return nil }
        self.seconds = seconds
    }

    private static func areDigits(_ text: Substring) -> Bool { !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) } }
}
