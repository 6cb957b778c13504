#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The port to the devices that a ``Notifier`` sends to. Every ``DeviceStore`` is one; a ``DeviceList`` is one in memory.
public protocol DeviceDirectory: Sendable {
    func device(_ id: DeviceID, app: AppID) async throws -> Device?

    /// Devices of which a condition is true, in the order of their ids, after `after`. At most `limit`; disabled devices are none of them.
    func devices(matching condition: AudienceCondition, app: AppID, after: DeviceID?, limit: Int) async throws -> [Device]

    /// Writes what providers said of tokens: dead ones disable their devices, unless these have registered since; better ones take their
    /// place, unless they are another device's. Devices that aren't there are passed over.
    func learn(dead: [PageRecord.Dead], moved: [PageRecord.Moved], app: AppID, now: Date) async throws
}
