/// RFC 8030 §5.4 calls it Topic: a message replaces the undelivered one that has the same.
///
/// Apple's service wants it to be decodable base64url too, so a length of 1 modulo 4 is refused there: 24 or 32
/// characters of a hash are safe everywhere.
public struct CollapseKey: Sendable, Hashable {
    public let value: String

    /// - Parameter value: 1 to 32 characters of the base64url alphabet, without padding.
    /// - Throws: `collapseKeyInvalid`.
    public init(_ value: String) throws(WebPushError) {
        guard (1...32).contains(value.utf8.count), value.utf8.allSatisfy(Self.isAllowed) else {
            throw WebPushError(
                .collapseKeyInvalid, "A collapse key has 1 to 32 characters, each a letter, a digit, '-' or '_' (RFC 8030 §5.4)")
        }
        self.value = value
    }

    private static func isAllowed(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
