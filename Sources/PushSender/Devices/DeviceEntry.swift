#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A device as a file has it: its registration, and what only somebody who kept devices before can tell.
public struct DeviceEntry: Sendable {
    public let registration: DeviceRegistration
    /// The id of a device that isn't known yet; nil for one of ours. A device whose token is known keeps the id it has.
    public var id: DeviceID?
    /// When a device that isn't known yet first registered; nil for now.
    public var createdAt: Date?
    /// When the device last registered; nil for now.
    public var registeredAt: Date?
    /// Since when the token is known to be dead; nil for a device that is alive.
    public var disabledAt: Date?

    public init(
        _ registration: DeviceRegistration, id: DeviceID? = nil, createdAt: Date? = nil, registeredAt: Date? = nil,
        disabledAt: Date? = nil
    ) {
        self.registration = registration
        self.id = id
        self.createdAt = createdAt
        self.registeredAt = registeredAt
        self.disabledAt = disabledAt
    }
}

/// What became of a ``DeviceEntry``.
public enum DeviceEntryOutcome: Sendable, Hashable {
    case new
    /// The token was known.
    case renewed
    /// Nothing was written of it.
    case refused(PushProblem)
}
