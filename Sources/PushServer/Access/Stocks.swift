import Synchronization

/// What askers of one kind may still ask: a table that requests share.
final class Stocks<Asker: Hashable & Sendable>: Sendable {
    private let table: Mutex<RateTable<Asker>>

    init(_ table: RateTable<Asker>) { self.table = Mutex(table) }

    /// - Returns: nil where there is no limit.
    convenience init?(_ name: String, _ requestsPerSecond: Double, _ burst: Int, _ askers: Int) {
        guard requestsPerSecond > 0 else { return nil }
        self.init(RateTable(RateLimit(name: name, requestsPerSecond: requestsPerSecond, burst: burst), askerLimit: askers))
    }

    func take(_ asker: Asker, now: ContinuousClock.Instant) -> RateVerdict { table.withLock { $0.take(asker, now: now) } }
    func giveBack(_ asker: Asker) { table.withLock { $0.giveBack(asker) } }
}
