/// What is announced to all user agents at once: ids, each with its newest version. A version means nothing but "not the one before".
public struct BroadcastBoard: Sendable, Hashable {
    /// The newest version of each broadcast, by id.
    public let versions: [String: String]

    public init(_ versions: [String: String]) { self.versions = versions }

    /// What a user agent that has these versions should hear.
    func news(for known: [String: String]) -> BroadcastNews {
        var news = BroadcastNews()
        for (id, version) in known {
            guard let newest = versions[id] else {
                news.unknown.insert(id)
                continue
            }
            if newest != version { news.updates[id] = newest }
        }
        return news
    }
}

/// What one user agent hears of the ``BroadcastBoard``.
public struct BroadcastNews: Sendable, Hashable {
    /// Newer versions than the user agent has, by id.
    public var updates: [String: String] = [:]
    /// Ids that it asked for and that there are not.
    public var unknown: Set<String> = []

    public init(updates: [String: String] = [:], unknown: Set<String> = []) {
        self.updates = updates
        self.unknown = unknown
    }

    /// Nothing to say.
    public static let none = BroadcastNews()
}
