/// The identifier of one subscription of a user agent: a UUID that the user agent chose.
public struct ChannelID: RawRepresentable, Sendable, Hashable {
    /// The UUID's 16 bytes as one big-endian number.
    public let rawValue: UInt128

    public init(rawValue: UInt128) { self.rawValue = rawValue }

    /// Sixteen bytes, most significant first; nil for any other count.
    public init?(bytes: some Collection<UInt8>) {
        guard let parsed = Hexadecimal128(bytes: bytes) else { return nil }
        rawValue = parsed.value
    }

    /// A UUID in lower case with dashes; nil for anything else.
    ///
    /// Only this one form is taken: a user agent stores and compares the text that the server sends back,
    /// so a channel must never come back spelled differently.
    public init?(_ text: some StringProtocol) {
        guard let parsed = Hexadecimal128(dashed: text), parsed.dashed == text else { return nil }
        rawValue = parsed.value
    }

    /// A UUID as anybody may spell it, where nothing is made of the spelling: digits of either case, with dashes or without.
    public init?(anySpelling text: some StringProtocol) {
        guard let parsed = Hexadecimal128(digits: text) ?? Hexadecimal128(dashed: text) else { return nil }
        rawValue = parsed.value
    }

    public var bytes: [UInt8] { Hexadecimal128(rawValue).bytes }

    /// Lower case, with dashes.
    public var text: String { Hexadecimal128(rawValue).dashed }
}

/// A subscription: one channel of one user agent.
public struct Channel: Sendable, Hashable {
    public let uaid: UAID
    public let id: ChannelID

    public init(uaid: UAID, id: ChannelID) {
        self.uaid = uaid
        self.id = id
    }
}
