/// The stocks of everybody who asks, under one limit. Whoever isn't in the table has a full one.
///
/// A stock is held as the moment when it will be full again (the generic cell rate algorithm): nothing has to be filled.
struct RateTable<Asker: Hashable & Sendable>: Sendable {
    typealias Instant = ContinuousClock.Instant

    let limit: RateLimit
    private let askerLimit: Int
    private var fullAt: [Asker: Instant] = [:]

    /// - Parameter askerLimit: the most to remember. Beyond it those are forgotten first whose stock is nearest to full.
    init(_ limit: RateLimit, askerLimit: Int) {
        self.limit = limit
        self.askerLimit = askerLimit
    }

    /// The number of those who are remembered.
    var count: Int { fullAt.count }

    /// Takes one from somebody's stock, if there is one.
    mutating func take(_ asker: Asker, now: Instant) -> RateVerdict {
        let before = max(fullAt[asker] ?? now, now)
        let after = before + limit.interval
        let missing = after - now - limit.window
        guard missing <= .zero else {
            return RateVerdict(limit: limit, remaining: 0, untilFull: before - now, wait: missing)
        }
        if fullAt[asker] == nil, fullAt.count >= askerLimit { forgetSome(now) }
        fullAt[asker] = after
        return RateVerdict(limit: limit, remaining: left(.zero - missing), untilFull: after - now, wait: nil)
    }

    /// Puts one back that should not have been taken.
    mutating func giveBack(_ asker: Asker) { fullAt[asker]? -= limit.interval }

    /// Division leaves crumbs; a stock of almost one is one.
    private func left(_ time: Duration) -> Int { Int(time / limit.interval + 1e-6) }

    /// Those with full stocks lose nothing. Where that isn't enough, a quarter goes, so that this isn't done for every newcomer.
    private mutating func forgetSome(_ now: Instant) {
        fullAt = fullAt.filter { $0.value > now }
        let keep = askerLimit * 3 / 4
        guard fullAt.count > keep else { return }
        let border = fullAt.values.sorted()[fullAt.count - keep]
        fullAt = fullAt.filter { $0.value > border }
    }
}
