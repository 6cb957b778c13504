#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The port to wherever devices are kept. Every change is durable when the call returns.
public protocol DeviceStore: Sendable {
    /// Registers an installation, or registers it again: the same (app, provider, address) is always the same device. The user of
    /// the newest registration owns it; a disabled device is enabled again.
    /// - Returns: the device as stored, and whether it is new.
    func register(_ registration: DeviceRegistration, newID: DeviceID, now: Date) async throws -> (device: Device, isNew: Bool)

    func device(_ id: DeviceID, app: AppID) async throws -> Device?
    func device(address: String, provider: ProviderName, app: AppID) async throws -> Device?

    /// Devices in the order of their ids, after `after`, disabled ones too. At most `limit`.
    func devices(app: AppID, after: DeviceID?, limit: Int) async throws -> [Device]

    /// How many devices of the App a push to everyone would reach now.
    func activeDeviceCount(app: AppID) async throws -> Int

    /// A new user's topics take the place of the old one's; what the device joined itself stays.
    /// - Returns: the changed device, nil when there is none of that id.
    func update(_ id: DeviceID, app: AppID, _ changes: DeviceChanges, now: Date) async throws -> Device?
    /// - Returns: the changed device, nil when there is none of that id.
    func join(_ topic: String, device id: DeviceID, app: AppID) async throws -> Device?
    /// Undoes ``join(_:device:app:)``. A topic that the device's user joined, or everybody, stays.
    /// - Returns: the changed device, nil when there is none of that id.
    func leave(_ topic: String, device id: DeviceID, app: AppID) async throws -> Device?
    /// - Returns: whether there was such a device.
    func remove(_ id: DeviceID, app: AppID) async throws -> Bool
}

/// What is to be changed in a device; what is nil stays.
public struct DeviceChanges: Sendable, Hashable {
    public enum Owner: Sendable, Hashable {
        case user(String)
        case nobody
    }

    public var owner: Owner?
    public var profile: DeviceProfileChanges

    public init(owner: Owner? = nil, profile: DeviceProfileChanges = DeviceProfileChanges()) {
        self.owner = owner
        self.profile = profile
    }
}
