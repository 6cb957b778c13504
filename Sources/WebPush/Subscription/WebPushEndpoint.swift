/// Where an application server posts messages for one user agent: a capability URL, so whoever knows it may send.
///
/// It is well-formed, nothing more: whether plain http, an address literal or a foreign host is fine is the caller's
/// policy.
public struct WebPushEndpoint: Sendable, Hashable {
    /// Exactly as it was given; never encoded again.
    public let url: String
    /// `http` or `https`.
    public let scheme: String
    /// In lower case; an IPv6 address keeps its brackets.
    public let host: String
    /// Only when the URL names one.
    public let port: Int?

    public static let maximumBytes = 2048

    /// - Throws: `endpointInvalid`.
    public init(_ url: String) throws(WebPushError) {
        guard url.utf8.count <= Self.maximumBytes else { throw .endpoint("is longer than \(Self.maximumBytes) bytes") }
        guard url.utf8.allSatisfy(isURLCharacter) else {
            throw .endpoint("has a character that no URL has; take the browser's text as it is")
        }
        guard !url.utf8.contains(UInt8(ascii: "#")) else { throw .endpoint("has a fragment (#)") }
        guard let (scheme, rest) = split(url, at: "://"), ["http", "https"].contains(scheme.lowercased()) else {
            throw .endpoint("must begin with https:// or http://")
        }
        let (host, port) = try hostAndPort(rest.prefix { $0 != "/" && $0 != "?" })
        self.url = url
        self.scheme = scheme.lowercased()
        self.host = host
        self.port = port
    }

    /// `scheme://host[:port]` in lower case without the default port: what the claim `aud` of VAPID says (RFC 8292 §2).
    public var origin: String {
        guard let port, port != (scheme == "https" ? 443 : 80) else { return "\(scheme)://\(host)" }
        return "\(scheme)://\(host):\(port)"
    }
}

extension WebPushEndpoint: Codable {
    /// - Throws: ``WebPushError``, `endpointInvalid`.
    public init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(url)
    }
}

extension WebPushError {
    fileprivate static func endpoint(_ problem: String) -> Self { Self(.endpointInvalid, "endpoint: the URL \(problem)") }
}

private func hostAndPort(_ authority: Substring) throws(WebPushError) -> (host: String, port: Int?) {
    guard !authority.contains("@") else { throw .endpoint("has a user name") }
    let hostEnd = authority.hasPrefix("[") ? authority.firstIndex(of: "]").map(authority.index(after:)) : nil
    let host = authority[..<(hostEnd ?? authority.firstIndex(of: ":") ?? authority.endIndex)]
    guard isHost(host) else { throw .endpoint("has no valid host") }
    let portText = authority[host.endIndex...]
    guard !portText.isEmpty else { return (host.lowercased(), nil) }
    let digits = portText.dropFirst()
    guard portText.hasPrefix(":"), digits.allSatisfy(\.isNumber), let port = UInt16(digits), port > 0 else {
        throw .endpoint("has no valid port")
    }
    return (host.lowercased(), Int(port))
}

private func isHost(_ host: Substring) -> Bool {
    if host.hasPrefix("[") {
        return host.count > 2 && host.dropFirst().dropLast().allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
    }
    return !host.isEmpty && host.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." || $0 == "_" }
}

/// Printable ASCII without what browsers always encode.
private func isURLCharacter(_ byte: UInt8) -> Bool {
    (0x21...0x7E).contains(byte) && !#""<>\^`{|}"#.utf8.contains(byte)
}

private func split(_ text: String, at separator: String) -> (before: Substring, after: Substring)? {
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix(separator) else { return nil }
    return (text[..<colon], text[colon...].dropFirst(separator.count))
}
