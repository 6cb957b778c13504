import Logging
import PushSender
import PushService

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Deletes what has had its time, in small batches, so that nobody waits behind it.
struct Upkeep: Sendable {
    let messages: any MessageStore
    let pushes: any PushStore
    let limits: PushServiceLimits
    let retentionDays: Int
    let logger: Logger
    let now: @Sendable () -> Date
    let clock: any Clock<Duration>

    private static let batchRows = 500

    /// Works until cancelled.
    func run() async {
        repeat {
            do { try await sweep() } catch { logger.warning("Upkeep failed, will try again", metadata: ["error": "\(error)"]) }
        } while (try? await clock.sleep(for: .seconds(60))) != nil
    }

    func sweep() async throws {
        while try await messages.deleteExpired(now: now(), limit: Self.batchRows) == Self.batchRows {}
        let absent = before(days: limits.userAgentLifetimeDays)
        while try await messages.deleteUserAgents(lastConnectedBefore: absent, limit: Self.batchRows) == Self.batchRows {}
        let finished = before(days: retentionDays)
        while try await pushes.deleteFinished(before: finished, limit: Self.batchRows) > 0 {}
    }

    private func before(days: Int) -> Date { now().addingTimeInterval(-Double(days) * 86_400) }
}
