/// Any JSON whose members keep their order, and whose numbers their spelling.
indirect enum LoopBackValue: Sendable, Hashable {
    struct Member: Sendable, Hashable {
        let name: String
        var value: LoopBackValue
    }

    case null
    case bool(Bool)
    /// As it is written in JSON.
    case number(String)
    case string(String)
    case array([LoopBackValue])
    /// Each name once.
    case object([Member])

    static let emptyObject = object([])
    static func integer(_ number: Int) -> Self { .number(String(number)) }
    static func object(_ members: KeyValuePairs<String, LoopBackValue>) -> Self {
        .object(members.map { Member(name: $0.key, value: $0.value) })
    }

    /// An object's member. Setting nil takes it out; a new one comes last. Setting one of anything else does nothing.
    subscript(name: String) -> LoopBackValue? {
        get { members?.first { $0.name == name }?.value }
        set {
            guard var members else { return }
            switch (members.firstIndex { $0.name == name }, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): return
            }
            self = .object(members)
        }
    }

    /// Of an object; nil for anything else.
    var members: [Member]? { if case .object(let members) = self { members } else { nil } }
    /// Of an array; nil for anything else.
    var elements: [LoopBackValue]? { if case .array(let elements) = self { elements } else { nil } }
    /// Nil for anything but a string.
    var text: String? { if case .string(let text) = self { text } else { nil } }
    /// Nil for anything but a number, and for one that no `Double` comes near.
    var double: Double? { if case .number(let text) = self { Double(text).flatMap { $0.isFinite ? $0 : nil } } else { nil } }
}

// MARK: As text

extension LoopBackValue {
    var json: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let text): Self.quoted(text)
        case .array(let elements): "[" + elements.map(\.json).joined(separator: ",") + "]"
        case .object(let members): "{" + members.map { Self.quoted($0.name) + ":" + $0.value.json }.joined(separator: ",") + "}"
        }
    }

    /// As JavaScript's `JSON.stringify` writes it.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{8}": quoted += "\\b"
            case "\u{C}": quoted += "\\f"
            case _ where scalar.value < 0x20: quoted += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
