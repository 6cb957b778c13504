/// Other processes that send from the same store.
public struct Colleagues: Sendable {
    /// Tells them that something is due. Never waits; may be lost, since everybody looks from time to time.
    public let announceWork: @Sendable () -> Void

    public init(announceWork: @escaping @Sendable () -> Void) { self.announceWork = announceWork }
}
