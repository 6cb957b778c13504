import PushSender
import PushService
import PushStorage
import Synchronization

/// Says whether a capability may be used, and remembers those that have ended: senders go on posting to them for years, and need not cost
/// a look-up each time. A number is never given twice, so what is remembered stays true, also when the device gets a new one.
final class CapabilityCheck: Sendable {
    private struct Key: Hashable {
        let app: AppID
        let device: DeviceID
        let number: Int

        init(_ capability: RelayCapability) {
            app = capability.app
            device = capability.device
            number = capability.number
        }
    }

    private let store: SQLRelayStore
    private let ended: Mutex<RecentlyUsed<Key, Bool>>

    /// - Parameter capacity: ended ones to remember, 2 or more; those that were asked for last.
    init(_ store: SQLRelayStore, capacity: Int) {
        self.store = store
        ended = Mutex(RecentlyUsed(capacity: capacity))
    }

    /// - Returns: the device to send to; nil when the capability was revoked, or its device is gone or disabled.
    func device(of capability: RelayCapability) async throws -> SQLRelayStore.Standing? {
        let key = Key(capability)
        guard ended.withLock({ $0[key] }) == nil else { return nil }
        guard let device = try await store.standing(of: capability.device, app: capability.app), device.number == capability.number else {
            ended.withLock { $0[key] = true }
            return nil
        }
        // This one may come back to life.
        return device.isDisabled ? nil : device
    }
}
