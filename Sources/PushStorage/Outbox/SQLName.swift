/// The name of somebody else's table or channel, as SQL would read it: a bare word counts in lower case, and what stands in double quotes
/// is taken as it is. `outbox`, `chat.outbox`, `"Chat"."Outbox"`.
public struct SQLName: Sendable, Hashable, CustomStringConvertible {
    /// Quoted, so that whatever it is, it is a name.
    let sql: String
    public let description: String

    /// - Returns: nil for what is no name, or has more parts than may be.
    public init?(_ text: String, parts: Int = 2) {
        let pieces = text.split(separator: ".", omittingEmptySubsequences: false).map(Self.quoted)
        guard (1...parts).contains(pieces.count), pieces.allSatisfy({ $0 != nil }) else { return nil }
        sql = pieces.compactMap { $0 }.joined(separator: ".")
        description = text
    }

    /// PostgreSQL cuts longer names off.
    private static let limitBytes = 63

    private static func quoted(_ part: Substring) -> String? {
        let isQuoted = part.count > 2 && part.hasPrefix("\"") && part.hasSuffix("\"")
        let name = isQuoted ? part.dropFirst().dropLast() : part
        guard (1...limitBytes).contains(name.utf8.count) else { return nil }
        // A `?` would be taken for a parameter.
        if isQuoted { return name.contains { "\"?\0".contains($0) } ? nil : "\"\(name)\"" }
        let isWord = name.utf8.allSatisfy { isLetter($0) || isDigit($0) } && !name.utf8.prefix(1).allSatisfy(isDigit)
        return isWord ? "\"\(name.lowercased())\"" : nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_") }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || byte == UInt8(ascii: "$") }
}
