import PushSender

/// Whom a push is for: exactly one of these.
struct CentrifugoRecipient: Decodable {
    let filter: CentrifugoDeviceFilter?
    let fcmTokens: [String]?
    let fcmTopic: String?
    let fcmCondition: String?
    let hmsTokens: [String]?
    let hmsTopic: String?
    let hmsCondition: String?
    let apnsTokens: [String]?
    let webpushTokens: [String]?

    /// Whose section a push needs that names no devices of ours.
    var rawProvider: ProviderName? { raw.first?.provider }

    /// Its one field.
    var kind: String { raw.first.map(\.name) ?? "filter" }

    func audience(_ parts: CentrifugoParts) throws -> Audience {
        guard (filter == nil ? 0 : 1) + raw.count == 1 else {
            throw CentrifugoError.badRequest("recipient: give exactly one of its fields")
        }
        guard let filter else { return Audience(tokens: try raw.flatMap { try $0.tokens(parts) }) }
        return try filter.audience(allowsEveryone: parts.settings.allowsEveryone)
    }

    /// The fields that aren't empty, but for the filter.
    private var raw: [RawRecipients] {
        [
            RawRecipients(.fcm, "", fcmTokens), RawRecipients(.hms, "", hmsTokens), RawRecipients(.apns, "", apnsTokens),
            RawRecipients(.webPush, "", webpushTokens), RawRecipients(.fcm, RawToken.topicKind, [fcmTopic ?? ""]),
            RawRecipients(.fcm, RawToken.conditionKind, [fcmCondition ?? ""]), RawRecipients(.hms, RawToken.topicKind, [hmsTopic ?? ""]),
            RawRecipients(.hms, RawToken.conditionKind, [hmsCondition ?? ""]),
        ].filter { !$0.addresses.isEmpty }
    }
}

/// Tokens of devices that needn't be registered, or what a provider itself knows devices by.
private struct RawRecipients {
    let provider: ProviderName
    /// As ``PushSender/Token/kind``.
    let kind: String
    let addresses: [String]

    var name: String { "\(provider.rawValue)_\(kind.isEmpty ? "tokens" : kind)" }

    init(_ provider: ProviderName, _ kind: String, _ addresses: [String]?) {
        self.provider = provider
        self.kind = kind
        self.addresses = addresses == [""] ? [] : addresses ?? []
    }

    func tokens(_ parts: CentrifugoParts) throws -> [RawToken] {
        try addresses.map { address in
            guard kind.isEmpty else { return RawToken(provider: provider, token: Token(address: address, kind: kind)) }
            return RawToken(provider: provider, token: try CentrifugoToken.checked(address, provider, parts.endpointPolicy))
        }
    }
}

extension CentrifugoDeviceFilter {
    /// - Throws: ``CentrifugoError`` when nothing is asked of devices, unless that is allowed.
    func audience(allowsEveryone: Bool) throws -> Audience {
        var audience = Audience(), rest = self
        // Names that few devices have are looked up; what else is asked is asked of those.
        if users?.isEmpty == false {
            audience.users = try CentrifugoNames.checked(users, "filter.users")
            rest = with(users: [])
        } else if ids?.isEmpty == false {
            audience.devices = try CentrifugoNames.checked(ids, "filter.ids").map(DeviceID.init)
            audience.ignoresStrangers = true
            rest = with(ids: [])
        } else if topics?.isEmpty == false {
            audience.topics = try CentrifugoNames.checked(topics, "filter.topics")
            rest = with(topics: [])
        }
        let condition = try rest.condition()
        if condition != .always { audience.tags = try expression(condition) }
        if audience == Audience() { try checkEveryone(allowsEveryone) }
        return audience == Audience() ? .everyone : audience
    }

    private func checkEveryone(_ isAllowed: Bool) throws(CentrifugoError) {
        guard !isAllowed else { return }
        throw .badRequest(
            "recipient.filter: it is empty, which would be every device; name some, or set HERALD_CENTRIFUGO_ALLOW_EVERYONE=true")
    }

    private func expression(_ condition: AudienceCondition) throws -> AudienceExpression {
        do {
            return try AudienceExpression(condition)
        } catch {
            throw CentrifugoError.badRequest("recipient.filter: it is too much to ask at once: \(error.description)")
        }
    }

    private func with(ids: [String]? = nil, users: [String]? = nil, topics: [String]? = nil) -> Self {
        Self(ids: ids ?? self.ids, users: users ?? self.users, topics: topics ?? self.topics, providers: providers, platforms: platforms)
    }
}
