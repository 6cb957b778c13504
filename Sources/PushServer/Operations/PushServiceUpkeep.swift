import Logging
import PushService

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Deletes what has expired, in small batches, so that nobody waits behind it.
struct PushServiceUpkeep: Sendable {
    let store: any MessageStore
    let limits: PushServiceLimits
    let logger: Logger
    let now: @Sendable () -> Date
    let clock: any Clock<Duration>

    private static let batch = 500

    /// Works until cancelled.
    func run() async {
        repeat {
            do { try await sweep() } catch { logger.warning("Upkeep failed, will try again", metadata: ["error": "\(error)"]) }
        } while (try? await clock.sleep(for: .seconds(60))) != nil
    }

    func sweep() async throws {
        while try await store.deleteExpired(now: now(), limit: Self.batch) == Self.batch {}
        let oldest = now().addingTimeInterval(-Double(limits.userAgentLifetimeDays) * 86_400)
        while try await store.deleteUserAgents(lastConnectedBefore: oldest, limit: Self.batch) == Self.batch {}
    }
}
