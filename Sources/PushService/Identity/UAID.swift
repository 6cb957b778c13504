/// The identifier of one user agent: 16 random bytes that the push service hands out.
///
/// Whoever knows it can read that user agent's messages: keep it out of logs.
public struct UAID: RawRepresentable, Sendable, Hashable {
    /// The 16 bytes as one big-endian number.
    public let rawValue: UInt128

    public init(rawValue: UInt128) { self.rawValue = rawValue }

    /// Sixteen bytes, most significant first; nil for any other count.
    public init?(bytes: some Collection<UInt8>) {
        guard let parsed = Hexadecimal128(bytes: bytes) else { return nil }
        rawValue = parsed.value
    }

    /// What a user agent says in its hello: 32 hex digits or a dashed UUID, either case; nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard let parsed = Hexadecimal128(digits: text) ?? Hexadecimal128(dashed: text) else { return nil }
        rawValue = parsed.value
    }

    /// A new one. Pass a `SystemRandomNumberGenerator` unless a test needs to know the outcome.
    public static func random(using random: inout some RandomNumberGenerator) -> UAID {
        UAID(rawValue: .random(in: .min ... .max, using: &random))
    }

    public var bytes: [UInt8] { Hexadecimal128(rawValue).bytes }

    /// 32 lower-case hex digits, as the hello reply carries it.
    public var text: String { Hexadecimal128(rawValue).digits }
}
