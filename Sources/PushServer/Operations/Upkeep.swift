import Logging
import PushSender
import PushService
import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Deletes what has had its time, in small batches, so that nobody waits behind it.
struct Upkeep: Sendable {
    let messages: any MessageStore & DeliveryReceiptStore
    let devices: any DeviceStore
    let pushes: any PushStore
    let audit: SQLAuditStore
    let events: EventParts
    let limits: PushServiceLimits
    let dispatch: DispatchSettings
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
        while try await messages.deleteUserAgents(lastConnectedBefore: absent, limit: Self.batchRows, now: now()) == Self.batchRows {}
        let unread = before(days: limits.receiptLifetimeDays)
        while try await messages.deleteReceipts(before: unread, limit: Self.batchRows) == Self.batchRows {}
        try await removeInactiveDevices()
        let finished = before(days: dispatch.retentionDays)
        while try await pushes.deleteFinished(before: finished, limit: Self.batchRows) > 0 {}
        while try await pushes.deleteOutdated(requestsBefore: before(days: Self.requestDays), now: now(), limit: Self.batchRows) > 0 {}
        try await events.deleteOld()
        while try await audit.delete(before: finished, limit: Self.batchRows) == Self.batchRows {}
    }

    private func removeInactiveDevices() async throws {
        guard dispatch.deviceLifetimeHours > 0 else { return }
        let date = now().addingTimeInterval(-Double(dispatch.deviceLifetimeHours) * 3600)
        while try await devices.removeInactive(registeredBefore: date, limit: Self.batchRows) == Self.batchRows {}
    }

    /// How long a request with an idempotency key may be repeated.
    private static let requestDays = 1

    private func before(days: Int) -> Date { now().addingTimeInterval(-Double(days) * 86_400) }
}
