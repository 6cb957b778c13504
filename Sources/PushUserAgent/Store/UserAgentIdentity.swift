/// Who a user agent is, and what it must not forget between two runs.
public struct UserAgentIdentity: Sendable {
    /// The push service's name for this user agent; nil before the first connection.
    public private(set) var uaid: String?
    /// By the names of the apps.
    public private(set) var registrations: [String: Registration]
    /// Channels of apps that left; the push service hasn't heard of it yet.
    public private(set) var leftChannels: [String]
    /// What was learned about networks, by their names.
    public private(set) var keepAlives: [String: KeepAlive]

    /// The app of a user agent that has only one.
    public static let onlyApp = "default"
    /// How many networks are remembered.
    public static let rememberedNetworks = 100
    /// How many channels are remembered until the push service hears that they are left.
    private static let rememberedLeftChannels = 100

    /// A user agent nobody knows yet.
    public init(registrations: [String: Registration] = [:]) {
        self.registrations = registrations
        leftChannels = []
        keepAlives = [:]
    }

    /// The push service calls us something new, so it knows none of our channels.
    mutating func rename(_ uaid: String) {
        self.uaid = uaid
        for app in registrations.keys { registrations[app]?.forgetEndpoint() }
        leftChannels = []
    }

    // MARK: Registrations

    /// - Returns: the app whose channel this is.
    func app(of channelID: String) -> String? {
        let channelID = channelID.lowercased()
        return registrations.first { $0.value.channelID == channelID }?.key
    }

    mutating func add(_ app: String) { registrations[app] = Registration() }

    mutating func change<Result>(_ app: String, _ change: (inout Registration) -> Result) -> Result? {
        guard var registration = registrations[app] else { return nil }
        let result = change(&registration)
        registrations[app] = registration
        return result
    }

    /// The keys of the app go too: nobody can read what still comes for it.
    ///
    /// - Returns: its channel; nil when there was no such app.
    mutating func remove(_ app: String) -> String? {
        guard let registration = registrations.removeValue(forKey: app) else { return nil }
        leave(registration.channelID)
        return registration.channelID
    }

    mutating func leave(_ channelID: String) {
        leftChannels.append(channelID)
        leftChannels.removeFirst(max(0, leftChannels.count - Self.rememberedLeftChannels))
    }

    mutating func hasLeft(_ channelID: String) -> Bool {
        let before = leftChannels.count
        leftChannels.removeAll { $0 == channelID.lowercased() }
        return leftChannels.count < before
    }

    // MARK: Networks

    mutating func learned(_ keepAlive: KeepAlive, of network: String) {
        if keepAlives[network] == nil, keepAlives.count >= Self.rememberedNetworks, let any = keepAlives.keys.min() {
            keepAlives.removeValue(forKey: any)
        }
        keepAlives[network] = keepAlive
    }
}

extension UserAgentIdentity: Codable {
    private enum CodingKeys: String, CodingKey {
        case uaid, registrations
        case leftChannels = "left_channels"
        case keepAlives = "keep_alives"
    }

    /// Also reads what was written when a user agent had one registration, whose members stood beside `uaid`.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        uaid = try fields.decodeIfPresent(String.self, forKey: .uaid)
        registrations =
            try fields.decodeIfPresent([String: Registration].self, forKey: .registrations)
            ?? [Self.onlyApp: Registration(from: decoder)]
        leftChannels = try fields.decodeIfPresent([String].self, forKey: .leftChannels) ?? []
        keepAlives = try fields.decodeIfPresent([String: KeepAlive].self, forKey: .keepAlives) ?? [:]
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encodeIfPresent(uaid, forKey: .uaid)
        try fields.encode(registrations, forKey: .registrations)
        try fields.encode(leftChannels, forKey: .leftChannels)
        try fields.encode(keepAlives, forKey: .keepAlives)
    }
}
