/// Whom a push service's operator may ask about our traffic: the claim `sub` (RFC 8292 §2.1). Apple checks it, so its rules
/// hold.
public struct VAPIDSubject: Sendable, Hashable {
    public let text: String

    /// - Parameter text: `mailto:admin@example.com` or `https://example.com/contact`.
    /// - Throws: `subjectInvalid`.
    public init(_ text: String) throws(WebPushError) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !#"<>"\"#.utf8.contains($0) }) else {
            throw .subject("has a space, an angle bracket, a quote or a character outside ASCII")
        }
        if text.hasPrefix("mailto:") {
            try checkAddress(text.dropFirst("mailto:".count))
        } else if text.hasPrefix("https://") {
            try checkHost(text.dropFirst("https://".count).prefix { !"/?#".contains($0) })
        } else {
            throw .subject("must begin with mailto: or https://")
        }
        self.text = text
    }
}

private func checkAddress(_ address: Substring) throws(WebPushError) {
    guard !address.hasPrefix("mailto:") else { throw .subject("says mailto: twice") }
    guard let at = address.lastIndex(of: "@"), at > address.startIndex else {
        throw .subject("is no mail address")
    }
    try checkHost(address[address.index(after: at)...].prefix { $0 != "?" })
}

private func checkHost(_ authority: Substring) throws(WebPushError) {
    let host = authority.prefix { $0 != ":" }.lowercased()
    guard !host.isEmpty, !host.contains("@") else { throw .subject("names no host") }
    guard host != "localhost", !host.hasSuffix(".localhost") else {
        throw .subject("names localhost, which Apple's service refuses")
    }
}

extension WebPushError {
    fileprivate static func subject(_ problem: String) -> Self {
        Self(.subjectInvalid, "The VAPID subject \(problem); write mailto:you@example.com or https://example.com/contact")
    }
}
