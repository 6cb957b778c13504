#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
import JSON

extension NewEvent {
    public static func pushFinished(_ push: PushID, app: AppID, at: Date) -> NewEvent {
        NewEvent(.pushFinished, app: app, push: push, at: at)
    }

    public static func pushCancelled(_ push: PushID, app: AppID, at: Date) -> NewEvent {
        NewEvent(.pushCancelled, app: app, push: push, at: at)
    }

    public static func deliveryFailed(_ failure: DeliveryFailure, of push: PushID, in lane: Lane) -> NewEvent {
        NewEvent(
            .deliveryFailed, app: lane.app, push: push,
            details: device(failure.device, lane.provider).merging(
                ["outcome": .string(failure.kind.rawValue), "reason": .string(failure.reason)]) { $1 },
            at: failure.at)
    }

    /// - Parameter push: the one whose delivery showed it.
    public static func deviceDisabled(_ device: DeviceID, by push: PushID?, in lane: Lane, at: Date) -> NewEvent {
        NewEvent(.deviceDisabled, app: lane.app, push: push, details: Self.device(device, lane.provider), at: at)
    }

    public static func receipt(_ kind: ReceiptKind, from device: DeviceID, _ provider: ProviderName, of push: PushID, app: AppID, at: Date)
        -> NewEvent
    {
        NewEvent(kind.event, app: app, push: push, details: Self.device(device, provider), at: at)
    }

    private static func device(_ device: DeviceID, _ provider: ProviderName) -> [String: JSONValue] {
        ["device": .string(device.rawValue), "provider": .string(provider.rawValue)]
    }
}
