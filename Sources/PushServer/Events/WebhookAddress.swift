import AddressRule

/// Which URLs a webhook may have. The address behind the name is checked when connecting; this refuses what can be seen in the URL, while
/// there is somebody to tell.
struct WebhookAddress: Sendable {
    static let limitBytes = 2048

    private let rule: AllowedAddresses
    private let allowsPrivate: Bool

    /// - Parameter allowsPrivate: any http or https URL; for receivers in one's own network, and for tests.
    init(allowsPrivate: Bool) {
        self.allowsPrivate = allowsPrivate
        // Our own push service, which subscriptions may point to, is nothing for webhooks.
        rule = allowsPrivate ? .any : .publicOnly(ownPort: nil)
    }

    /// What is wrong with a URL, nil when nothing is.
    func objection(to url: String) -> String? {
        guard url.utf8.count <= Self.limitBytes else { return "it has more than \(Self.limitBytes) bytes" }
        do {
            let origin = try HTTPOrigin.parse(url).origin
            try rule.check(origin)
            return allowsPrivate || Self.isPublicName(origin.host) ? nil : "\(origin.host) is not a public host name"
        } catch {
            return "\(error)"
        }
    }

    private static let reserved: Set<Substring> = [
        "localhost", "local", "internal", "lan", "home", "corp", "arpa", "test", "invalid", "onion",
    ]

    private static func isPublicName(_ host: String) -> Bool {
        let labels = host.split(separator: ".")
        return labels.count >= 2 && !reserved.contains(labels.last ?? "")
    }
}
