/// A message's place in the order of its user agent's messages.
///
/// Stored messages of one user agent are numbered 1, 2, 3, … in the order in which they were committed,
/// over all its channels, and a number is never used again. So a gap between two numbers that a session was handed
/// means that it must look into the store.
public struct MessageSequence: RawRepresentable, Sendable, Hashable, Comparable, ExpressibleByIntegerLiteral {
    public let rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }
    public init(integerLiteral value: Int64) { rawValue = value }

    /// Before every message.
    public static let start: MessageSequence = 0

    /// The identity of a message that is never stored (TTL 0): 63 random bits on the negative side, where no stored
    /// message ever is.
    public static func unstored(using random: inout some RandomNumberGenerator) -> MessageSequence {
        MessageSequence(rawValue: .random(in: .min ... -1, using: &random))
    }

    /// Whether a store numbered it; a message of TTL 0 was never stored.
    public var isStored: Bool { rawValue > 0 }

    public var next: MessageSequence { MessageSequence(rawValue: rawValue + 1) }

    public static func < (one: MessageSequence, other: MessageSequence) -> Bool {
        one.rawValue < other.rawValue
    }
}

/// The identity of one message: on the wire it is sealed (``EndpointCodec/token(for:)``).
public struct MessageID: Sendable, Hashable {
    public let uaid: UAID
    public let sequence: MessageSequence

    public init(uaid: UAID, sequence: MessageSequence) {
        self.uaid = uaid
        self.sequence = sequence
    }
}
