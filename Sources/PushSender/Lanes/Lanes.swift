#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Synchronization

/// The gates of all lanes, behind one lock that is held for a page, not for a device.
final class Lanes: Sendable {
    private let gates = Mutex<[Lane: LaneGate]>([:])
    private let settings: DispatchSettings

    init(_ settings: DispatchSettings) { self.settings = settings }

    func withGate<Result>(_ lane: Lane, _ work: (inout LaneGate) -> Result) -> Result {
        gates.withLock { gates in
            work(&gates[lane, default: LaneGate(settings.lane(lane.provider), breaker: settings.breaker)])
        }
    }

    /// Forgets all trouble with a provider: its credentials have changed.
    func reset(app: AppID, provider: ProviderName) {
        gates.withLock { gates in gates = gates.filter { $0.key.app != app || $0.key.provider != provider } }
    }
}
