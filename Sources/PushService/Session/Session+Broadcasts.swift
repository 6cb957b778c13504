/// What a user agent hears of the board.
extension Session.Ready {
    /// Remembers what the user agent wants to hear of, as far as there is such a thing.
    /// - Returns: what it must be told at once.
    mutating func take(interest known: [String: String], _ board: BroadcastBoard?) -> BroadcastNews {
        guard let board else { return .none }
        let room = max(0, limits.broadcastsPerUserAgent - interest.count)
        let fresh = known.filter { interest[$0.key] == nil }.sorted { $0.key < $1.key }.prefix(room)
        let taken = known.filter { interest[$0.key] != nil }.merging(fresh.map { ($0.key, $0.value) }) { $1 }
        let news = board.news(for: taken)
        for (id, version) in taken where !news.unknown.contains(id) { interest[id] = news.updates[id] ?? version }
        return news
    }

    mutating func subscribe(to known: [String: String], _ board: BroadcastBoard?) -> [SessionAction] {
        say(take(interest: known, board))
    }

    mutating func tell(of board: BroadcastBoard) -> [SessionAction] {
        // What is gone from the board may come back; nobody need hear that it is away.
        let updates = board.news(for: interest).updates
        interest.merge(updates) { $1 }
        return say(BroadcastNews(updates: updates))
    }

    private func say(_ news: BroadcastNews) -> [SessionAction] {
        news == .none ? [] : [.send(.broadcast(news))]
    }
}
