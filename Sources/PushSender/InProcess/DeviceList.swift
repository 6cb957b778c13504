#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
import Synchronization

/// Devices in memory, for servers that keep them elsewhere or that have few.
public final class DeviceList: DeviceDirectory {
    private let devices: Mutex<[DeviceID: Device]>
    private let now: @Sendable () -> Date

    /// - Parameter now: what ages in conditions are counted from.
    public init(_ devices: [Device] = [], now: @escaping @Sendable () -> Date = { Date() }) {
        self.devices = Mutex(Dictionary(devices.map { ($0.id, $0) }) { $1 })
        self.now = now
    }

    /// Adds a device, or takes it for the one of its id.
    public func put(_ device: Device) { devices.withLock { $0[device.id] = device } }

    public func remove(_ id: DeviceID) { devices.withLock { $0[id] = nil } }

    public func device(_ id: DeviceID, app: AppID) -> Device? {
        devices.withLock { $0[id] }.flatMap { $0.app == app ? $0 : nil }
    }

    public func devices(matching condition: AudienceCondition, app: AppID, after: DeviceID?, limit: Int) -> [Device] {
        let moment = now()
        let active = devices.withLock { $0.values.filter { $0.app == app && $0.disabledAt == nil } }
        let found = active.filter { $0.id.rawValue > after?.rawValue ?? "" && condition.matches($0, asOf: moment) }
        return Array(found.sorted { $0.id.rawValue < $1.id.rawValue }.prefix(limit))
    }

    public func learn(dead: [PageRecord.Dead], moved: [PageRecord.Moved], app: AppID, now: Date) {
        devices.withLock { devices in
            for gone in dead {
                guard let device = devices[gone.device], device.app == app, device.registeredAt <= gone.asOf else { continue }
                devices[gone.device]?.disabledAt = gone.asOf
            }
            for move in moved where devices[move.device]?.app == app {
                let isTaken = devices.values.contains { other in
                    other.id != move.device && other.app == app && other.provider == devices[move.device]?.provider
                        && other.token.address == move.token.address
                }
                guard !isTaken else { continue }
                devices[move.device]?.token = move.token
                devices[move.device]?.registeredAt = now
            }
        }
    }
}
