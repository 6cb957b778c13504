public import WebPush

/// Which endpoints a stranger may give us to send to. The address behind a name is checked when connecting; this refuses what can
/// be seen in the URL, while there is somebody to tell.
public struct EndpointPolicy: Sendable {
    private let allowsPrivate: Bool
    private let ownOrigin: String?
    private let allowedOrigins: [OriginPattern]?

    /// - Parameters:
    ///   - allowsPrivate: any http or https endpoint; for push services in one's own network, and for tests.
    ///   - ownOrigin: the origin of our own push service, always fine.
    ///   - allowedOrigins: no others; nil for all.
    public init(allowsPrivate: Bool, ownOrigin: String?, allowedOrigins: [OriginPattern]? = nil) {
        self.allowedOrigins = allowedOrigins
        self.allowsPrivate = allowsPrivate
        self.ownOrigin = ownOrigin
    }

    /// What is wrong with an endpoint, nil when nothing is.
    public func objection(to endpoint: WebPushEndpoint) -> String? {
        if endpoint.origin == ownOrigin { return nil }
        if let allowedOrigins, !allowedOrigins.contains(where: { $0.matches(endpoint.origin) }) {
            return "\(endpoint.origin) is none of the push services that allowedEndpointOrigins names"
        }
        if allowsPrivate { return nil }
        guard endpoint.scheme == "https" else { return "an endpoint must be https" }
        guard !isAddress(endpoint.host) else { return "an endpoint must name its host, not give an IP address" }
        guard isPublicName(endpoint.host) else { return "\(endpoint.host) is not a public host name" }
        return nil
    }

    /// IPv6 in brackets, and every spelling of IPv4 that resolvers take: dotted, decimal, hex, octal.
    private func isAddress(_ host: String) -> Bool {
        host.contains(":") || host.hasPrefix("[")
            || host.split(separator: ".", omittingEmptySubsequences: true).last.map(isNumber) ?? true
    }

    private func isNumber(_ label: Substring) -> Bool {
        label.allSatisfy { $0.isASCII && $0.isNumber } || label.lowercased().hasPrefix("0x")
    }

    private func isPublicName(_ host: String) -> Bool {
        let labels = host.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        let named = labels.last == "" ? labels.dropLast() : labels[...]
        let reserved: Set<Substring> = ["localhost", "local", "internal", "lan", "home", "corp", "arpa", "test", "invalid", "onion"]
        return named.count >= 2 && named.allSatisfy { !$0.isEmpty } && !reserved.contains(named.last ?? "")
    }
}
