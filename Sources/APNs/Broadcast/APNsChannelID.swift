/// What APNs calls a broadcast channel: base64 of any length.
public struct APNsChannelID: Sendable, Hashable, CustomStringConvertible {
    public let text: String

    /// - Throws: `invalidHeader`.
    public init(_ text: String) throws(APNsError) {
        try check(
            (1...1024).contains(text.utf8.count) && text.utf8.allSatisfy(isBase64), .invalidHeader, "apns-channel-id",
            "a channel id is base64, as APNs gave it when the channel was made")
        self.text = text
    }

    public var description: String { text }
}

private func isBase64(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || "+/=-_".utf8.contains(byte) }

/// Whether APNs keeps what was broadcast for devices that are away. Can't be changed once a channel is made.
public enum APNsChannelPolicy: Int, Sendable, Hashable, Codable {
    /// Nothing is kept, and more may be sent.
    case keepsNothing = 0
    /// The newest message, for eight hours at most.
    case keepsNewest = 1
}
