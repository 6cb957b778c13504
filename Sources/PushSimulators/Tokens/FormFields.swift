/// Fields of `application/x-www-form-urlencoded`.
struct FormFields: Sendable {
    private let fields: [(name: String, value: String)]

    /// Of a body.
    init(_ body: [UInt8]) { fields = Self.read(body[...]) }

    /// Of what follows the question mark.
    init(query path: String) {
        fields = Self.read(Array(path.utf8.drop { $0 != UInt8(ascii: "?") }.dropFirst())[...])
    }

    /// The first of that name.
    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// A name that is there more than once.
    var repeatedName: String? {
        var names: Set<String> = []
        return fields.first { !names.insert($0.name).inserted }?.name
    }

    private static func read(_ bytes: ArraySlice<UInt8>) -> [(name: String, value: String)] {
        bytes.split(separator: UInt8(ascii: "&")).map { field in
            let parts = field.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(parts[0]), parts.count > 1 ? decoded(parts[1]) : "")
        }
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
        var text: [UInt8] = []
        var position = bytes.startIndex
        while position < bytes.endIndex {
            let byte = bytes[position]
            if byte == UInt8(ascii: "%"), position + 2 < bytes.endIndex,
                let value = UInt8(String(decoding: bytes[position + 1...position + 2], as: UTF8.self), radix: 16) {
                text.append(value)
                position += 2
            } else {
                text.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
            position += 1
        }
        return String(decoding: text, as: UTF8.self)
    }
}
