import HTTPTypes
import PushProviders
import PushSender

/// How a registration names its token: `subscription` for Web Push, `token` and what belongs to it for the others.
struct TokenBody: RequestBody {
    let provider: String
    let subscription: SubscriptionBody?
    let token: String?
    let environment: String?
    let kind: String?
    let appIdentifier: String?

    /// What a browser says of a subscription beside what we need is its own business.
    static let shape = BodyShape.fields("provider", "subscription", "token", "environment", "kind", "app_identifier")

    /// - Throws: ``Problem`` that names the field.
    func checked(_ endpointPolicy: EndpointPolicy) throws -> Token {
        let provider = ProviderName(rawValue: provider)
        if provider == .webPush {
            return try required(subscription, "subscription", "send what the browser's PushSubscription.toJSON() gave")
                .checked(endpointPolicy, field: "subscription").token
        }
        guard let form = TokenForm.forms[provider] else {
            throw invalid("provider", "\(self.provider) is not known here; known are webpush, apns, fcm, hms, wns")
        }
        let address = try required(token, "token", form.hint)
        guard form.isValid(address) else { throw invalid("token", form.hint) }
        return Token(
            address: form.isCaseSensitive ? address : address.lowercased(), environment: try environment(form),
            kind: try kind(form), appIdentifier: try checkedAppIdentifier())
    }

    /// Whether the device left open which world its token is of.
    var isEnvironmentGuessed: Bool { environment == nil }

    private func environment(_ form: TokenForm) throws -> ProviderEnvironment {
        guard let environment else { return form.environments.first ?? .only }
        let named = ProviderEnvironment(rawValue: environment)
        guard form.environments.contains(named) else {
            throw invalid(
                "environment",
                form.environments == [.only]
                    ? "\(provider) has only one; leave it out"
                    : "\(environment) is none of \(form.environments.map(\.rawValue).joined(separator: ", "))")
        }
        return named
    }

    private func kind(_ form: TokenForm) throws -> String {
        guard let kind, !kind.isEmpty else { return "" }
        guard form.kinds.contains(kind) else {
            throw invalid(
                "kind",
                form.kinds.isEmpty
                    ? "tokens of \(provider) are all of one kind; leave it out"
                    : "\(kind) is none of \(form.kinds.joined(separator: ", "))")
        }
        return kind
    }

    private func checkedAppIdentifier() throws -> String {
        guard (appIdentifier ?? "").utf8.count <= 256 else { throw invalid("app_identifier", "give at most 256 bytes") }
        return appIdentifier ?? ""
    }

    private func required<Value>(_ value: Value?, _ field: String, _ hint: String) throws -> Value {
        guard let value else {
            throw Problem(.unprocessableContent, "missing_field", "\(field) is missing; \(hint)", field: field)
        }
        return value
    }
}

/// What tokens of a provider look like.
private struct TokenForm: Sendable {
    let hint: String
    let isCaseSensitive: Bool
    var environments: [ProviderEnvironment] = [.only]
    var kinds: [String] = []
    let isValid: @Sendable (String) -> Bool

    static let forms: [ProviderName: TokenForm] = [
        .apns: TokenForm(
            hint: "send the device token in hex, an even number of digits, at most 512", isCaseSensitive: false,
            environments: [.production, .sandbox],
            kinds: [
                "voip", "complication", "fileprovider", "mdm", "liveactivity", "location", "pushtotalk", "widgets", "controls",
            ],
            isValid: { (2...512).contains($0.utf8.count) && $0.utf8.count % 2 == 0 && $0.allSatisfy { $0.isASCII && $0.isHexDigit } }),
        .fcm: TokenForm(
            hint: "send the registration token or the installation id as Firebase gave it", isCaseSensitive: true,
            kinds: ["fid"], isValid: isOpaque),
        .hms: TokenForm(
            hint: "send the push token as Push Kit gave it", isCaseSensitive: true, kinds: ["harmony"], isValid: isOpaque),
        .wns: TokenForm(
            hint: "send the channel URI as Windows gave it: https, at most 2048 bytes", isCaseSensitive: true,
            isValid: { isOpaque($0) && $0.hasPrefix("https://") }),
    ]

    @Sendable private static func isOpaque(_ token: String) -> Bool {
        (1...2048).contains(token.utf8.count) && token.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

private func invalid(_ field: String, _ reason: String) -> Problem {
    Problem(.unprocessableContent, "invalid_field", "\(field): \(reason)", field: field)
}
