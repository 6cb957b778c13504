#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The port to wherever devices are kept. Every change is durable when the call returns.
public protocol DeviceStore: DeviceDirectory {
    /// Registers an installation, or registers it again: the same (app, provider, address) is always the same device. The user of
    /// the newest registration owns it; a disabled device is enabled again. A registration that names a device is that device's, whatever
    /// its token was, and another device that had the token is no more.
    /// - Throws: ``PushProblem`` when the named device is another provider's.
    /// - Returns: the device as stored, and whether it is new.
    func register(_ registration: DeviceRegistration, newID: DeviceID, now: Date) async throws -> (device: Device, isNew: Bool)

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

    /// Removes devices of all Apps, disabled ones too, that last registered before a moment: those that waited longest, at most `limit`.
    /// One node at a time does it.
    /// - Returns: how many.
    func removeInactive(registeredBefore date: Date, limit: Int) async throws -> Int

    // MARK: Many at once. Disabled devices are none of them.

    /// How many devices there are of which a condition is true.
    func count(matching condition: AudienceCondition, app: AppID) async throws -> Int
    /// Changes all devices of which a condition is true, or none.
    /// - Returns: how many.
    @discardableResult
    func update(matching condition: AudienceCondition, app: AppID, _ changes: DeviceChanges, now: Date) async throws -> Int
    /// - Returns: how many devices there were of which the condition was true.
    @discardableResult
    func remove(matching condition: AudienceCondition, app: AppID) async throws -> Int

    /// Changes one device's topics. What is taken off it is off whoever joined it: its user's topics come back when it next registers.
    /// - Parameter owner: whose device it must be; nil: anybody's.
    func change(_ topics: TopicChange, device id: DeviceID, app: AppID, owner: String?) async throws -> TopicChangeVerdict
    /// Who is in which topic, in the order of devices and topics, after `after`. At most `limit`.
    /// - Parameter condition: on the devices.
    func memberships(
        matching condition: AudienceCondition, in topics: TopicFilter, app: AppID, after: DeviceMembership.Cursor?, limit: Int
    ) async throws -> [DeviceMembership]
    /// How many there are in all.
    func membershipCount(matching condition: AudienceCondition, in topics: TopicFilter, app: AppID) async throws -> Int
}

/// What is to be changed in a device; what is nil stays.
public struct DeviceChanges: Sendable, Hashable {
    public enum Owner: Sendable, Hashable {
        case user(String)
        case nobody
    }

    public var owner: Owner?
    /// Whether a new owner's topics take the place of the old one's; else the device keeps what it has until it registers again.
    public var joinsOwnersTopics = true
    /// As ``DeviceStore/change(_:device:app:owner:)`` does it.
    public var topics: TopicChange?
    public var profile: DeviceProfileChanges

    public init(owner: Owner? = nil, profile: DeviceProfileChanges = DeviceProfileChanges()) {
        self.owner = owner
        self.profile = profile
    }
}
