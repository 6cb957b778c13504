/// What an operator or a test wants to hear from the engine.
public enum SenderEvent: Sendable, Hashable {
    /// A page was written.
    case recorded(push: PushID, provider: ProviderName, counters: PushCounters)
    /// What we hold is ours for longer.
    case leasesRenewed
    /// Somebody else took over what we held; its page may be sent twice.
    case leaseLost(push: PushID)
    /// A provider refuses our credentials; its pushes wait.
    case unauthorized(provider: ProviderName, problem: String)
    /// The store fails; what is in the air is kept and tried again.
    case storeUnavailable(reason: String)
}

/// The port to whoever listens to the engine.
public protocol SenderObserver: Sendable {
    func report(_ event: SenderEvent)
}
