#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What an operator or a test wants to hear from the engine.
public enum SenderEvent: Sendable, Hashable {
    /// A page was written.
    case recorded(PageReport)
    /// What we hold is ours for longer.
    case leasesRenewed
    /// Somebody else took over what we held; its page may be sent twice.
    case leaseLost(push: PushID)
    /// A provider refuses our credentials: its pushes wait, and no attempt is burned. `farSide` where the provider is many.
    case unauthorized(lane: Lane, farSide: String?, until: Date, problem: String)
    /// A provider refuses most of what it is sent for now; its pushes wait.
    case throttled(lane: Lane, farSide: String?, until: Date)
    /// A provider doesn't answer; its pushes wait, and a few will find out when it does again.
    case unavailable(lane: Lane, farSide: String?, until: Date)
    /// More of a lane's devices are called dead than can be true: none is disabled for a while.
    case tooManyDead(lane: Lane)
    /// The store fails; what is in the air is kept and tried again.
    case storeUnavailable(reason: String)
}

/// What came of a page.
public struct PageReport: Sendable, Hashable {
    public let push: Push
    public let lane: Lane
    public let counters: PushCounters
    /// Devices that came to an end, by their platform; nothing where it isn't known.
    public let byPlatform: [String: PushCounters]
    /// From the page's first attempt until it was written.
    public let seconds: Double

    public init(push: Push, lane: Lane, counters: PushCounters, byPlatform: [String: PushCounters], seconds: Double) {
        self.push = push
        self.lane = lane
        self.counters = counters
        self.byPlatform = byPlatform
        self.seconds = seconds
    }
}

/// The port to whoever listens to the engine.
public protocol SenderObserver: Sendable {
    func report(_ event: SenderEvent)
}
