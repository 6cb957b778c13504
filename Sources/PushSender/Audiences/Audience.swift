/// Whom a push is for: the union of what is named, or everyone, as far as `tags` allows; each device once.
public struct Audience: Sendable, Hashable, Codable {
    public var everyone: Bool
    public var devices: [DeviceID]
    public var users: [String]
    public var topics: [String]
    /// Tokens that needn't be registered. They stand alone: nothing else is named beside them.
    public var tokens: [RawToken]
    /// Audiences with a name, as they were when the push was accepted.
    public var saved: [Audience]
    /// Only devices of which this is true. Where nothing is named, all of them.
    public var tags: AudienceExpression?
    /// Only devices that are records of which something is true. Where nothing is named, all of them.
    public var records: RecordAudience?
    /// Nobody who is in one of these.
    public var excluded: [Audience]
    /// A device that is named and isn't there is nobody, not a mistake.
    public var ignoresStrangers = false

    public static let everyone = Audience(everyone: true)

    public init(
        everyone: Bool = false, devices: [DeviceID] = [], users: [String] = [], topics: [String] = [], tokens: [RawToken] = [],
        saved: [Audience] = [], tags: AudienceExpression? = nil, excluded: [Audience] = []
    ) {
        self.everyone = everyone
        self.devices = devices
        self.users = users
        self.topics = topics
        self.tokens = tokens
        self.saved = saved
        self.tags = tags
        self.excluded = excluded
    }

    /// The number of names in the lists.
    public var nameCount: Int { devices.count + users.count + topics.count + tokens.count + saved.count }

    /// Whether every device may be in it that nothing else rules out.
    public var startsWithEveryone: Bool { everyone || (nameCount == 0 && (tags != nil || records != nil)) }

    /// Few devices at most, so that it may overtake a broadcast.
    public var isDirect: Bool { !startsWithEveryone && topics.isEmpty && saved.isEmpty && nameCount <= 20 }

    public var kind: SliceKind { isDirect ? .direct : .broadcast }
}

extension Audience {
    private enum CodingKeys: String, CodingKey {
        case everyone, devices, users, topics, tokens, saved, tags, records, excluded, ignoresStrangers
    }

    /// What is empty is left out, and what was left out is empty: rows stay short, and old ones can be read.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        if everyone { try fields.encode(true, forKey: .everyone) }
        if !devices.isEmpty { try fields.encode(devices, forKey: .devices) }
        if !users.isEmpty { try fields.encode(users, forKey: .users) }
        if !topics.isEmpty { try fields.encode(topics, forKey: .topics) }
        if !tokens.isEmpty { try fields.encode(tokens, forKey: .tokens) }
        if !saved.isEmpty { try fields.encode(saved, forKey: .saved) }
        try fields.encodeIfPresent(tags, forKey: .tags)
        try fields.encodeIfPresent(records, forKey: .records)
        if !excluded.isEmpty { try fields.encode(excluded, forKey: .excluded) }
        if ignoresStrangers { try fields.encode(true, forKey: .ignoresStrangers) }
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            everyone: try fields.decodeIfPresent(Bool.self, forKey: .everyone) ?? false,
            devices: try fields.decodeIfPresent([DeviceID].self, forKey: .devices) ?? [],
            users: try fields.decodeIfPresent([String].self, forKey: .users) ?? [],
            topics: try fields.decodeIfPresent([String].self, forKey: .topics) ?? [],
            tokens: try fields.decodeIfPresent([RawToken].self, forKey: .tokens) ?? [],
            saved: try fields.decodeIfPresent([Audience].self, forKey: .saved) ?? [],
            tags: try fields.decodeIfPresent(AudienceExpression.self, forKey: .tags),
            excluded: try fields.decodeIfPresent([Audience].self, forKey: .excluded) ?? [])
        records = try fields.decodeIfPresent(RecordAudience.self, forKey: .records)
        ignoresStrangers = try fields.decodeIfPresent(Bool.self, forKey: .ignoresStrangers) ?? false
    }
}
