/// Where to POST for one device: its channel URI, which carries the token. The app gets a new one at each start; it lives 30 days.
public struct WNSChannel: Sendable, Hashable {
    /// Exactly as the device gave it: its percent escapes don't survive being written anew.
    public let uri: String

    /// Microsoft's hosts: `db5p.notify.windows.com` and its like.
    public static let hostSuffix = ".notify.windows.com"

    /// - Parameters:
    ///   - uri: must be https with a host of Microsoft's: whoever gets a request gets the access token with it.
    ///   - trustedOrigin: `scheme://host[:port]` of a stand-in that may get the access token too; the operator's word, never a device's.
    /// - Throws: `channelRefused`.
    public init(_ uri: String, trustedOrigin: String? = nil) throws(WNSError) {
        guard uri.utf8.allSatisfy(isURICharacter) else {
            throw WNSError(.channelRefused, "the channel URI has a character that no URI has")
        }
        let isTrusted = trustedOrigin.map { isUnder($0, uri) } ?? false
        guard isTrusted || isMicrosofts(uri) else {
            throw WNSError(.channelRefused, "the channel URI isn't https://….notify.windows.com/…, so nothing is sent there")
        }
        self.uri = uri
    }
}

private func isUnder(_ origin: String, _ uri: String) -> Bool {
    guard uri.utf8.starts(with: origin.utf8) else { return false }
    guard let next = uri.utf8.dropFirst(origin.utf8.count).first else { return true }
    return next == UInt8(ascii: "/") || next == UInt8(ascii: "?")
}

/// The authority may hold nothing but a host name: no user, no port, no escape.
private func isMicrosofts(_ uri: String) -> Bool {
    let scheme = "https://"
    guard uri.utf8.starts(with: scheme.utf8) else { return false }
    let authority = uri.utf8.dropFirst(scheme.utf8.count).prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
    let host = authority.map { $0 | 0x20 }
    guard authority.allSatisfy(isHostCharacter), host.count > WNSChannel.hostSuffix.utf8.count else { return false }
    return host.suffix(WNSChannel.hostSuffix.utf8.count).elementsEqual(WNSChannel.hostSuffix.utf8)
}

/// Letters (in any case), digits, dots and hyphens: all of them survive being made lower case by setting a bit.
private func isHostCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "."), UInt8(ascii: "-"):
        true
    default: false
    }
}

private func isURICharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"), UInt8(ascii: "^"), UInt8(ascii: "`"),
        UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"), UInt8(ascii: "#"):
        false
    default: (0x21...0x7E).contains(byte)
    }
}
