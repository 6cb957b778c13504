#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Synchronization

/// The database's clock, as a node knows it between two looks at it. Nodes' own clocks may be wrong by seconds; leases, due times and
/// expiries are written and read by this one alone.
final class DatabaseClock: Sendable {
    private struct Reading {
        /// The database's time at that instant.
        var date: Date
        var instant: ContinuousClock.Instant
        /// How far it may be off.
        var uncertainty: Duration
    }

    private struct State {
        var reading: Reading?
        var nextLook: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    private static let interval = Duration.seconds(10)
    /// A slow answer says little about the time; for so long an old, better one is kept.
    private static let patience = Duration.seconds(60)

    func now() -> Date {
        guard let reading = state.withLock({ $0.reading }) else { return Date() }
        let passed = reading.instant.duration(to: .now)
        return reading.date.addingTimeInterval(
            Double(passed.components.seconds) + Double(passed.components.attoseconds) * 1e-18)
    }

    /// - Returns: whether it is time to look, and nobody else does.
    func takeTurn() -> Bool {
        let now = ContinuousClock.now
        return state.withLock { state in
            guard state.nextLook.map({ $0 <= now }) ?? true else { return false }
            state.nextLook = now + Self.interval
            return true
        }
    }

    func measure(_ link: PostgresLink) throws {
        let before = ContinuousClock.now
        let answer = try link.run([
            .init(sql: "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint", arguments: [])
        ])
        guard let date = try answer.first?.rows.first?.date(0) else { return }
        note(date, askedAt: before, answeredAt: .now)
    }

    /// The database looked at its clock at some moment between question and answer.
    func note(_ date: Date, askedAt: ContinuousClock.Instant, answeredAt: ContinuousClock.Instant) {
        let uncertainty = askedAt.duration(to: answeredAt) / 2
        let reading = Reading(date: date, instant: askedAt + uncertainty, uncertainty: uncertainty)
        state.withLock { state in
            if let known = state.reading, known.uncertainty * 4 < uncertainty,
                known.instant.duration(to: reading.instant) < Self.patience
            {
                return
            }
            state.reading = reading
        }
    }
}
