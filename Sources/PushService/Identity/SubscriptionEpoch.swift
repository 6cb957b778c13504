/// Which registration of a channel an endpoint belongs to: a channel that is registered anew after it ended is of a later epoch, and its
/// endpoint another one. So an endpoint that has ended never works again, and nobody has to ask twice.
public struct SubscriptionEpoch: RawRepresentable, Sendable, Hashable {
    /// When the channel was registered, in milliseconds since 1970.
    public let rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }
}
