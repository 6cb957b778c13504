/// What goes out as `Authorization: Bearer …`.
public struct HMSAccessToken: Sendable, Hashable {
    public let value: String
    /// Counted from when it was asked for.
    public let lifetimeSeconds: Int

    public init(value: String, lifetimeSeconds: Int) {
        self.value = value
        self.lifetimeSeconds = lifetimeSeconds
    }
}
