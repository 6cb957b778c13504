/// How much there is of one provider that hasn't ended: slices of pushes, and devices to be tried again.
public struct WaitingWork: Sendable, Hashable {
    /// Due, and held by nobody.
    public var due = 0
    /// Held by somebody who works on it.
    public var held = 0

    public init(due: Int = 0, held: Int = 0) {
        self.due = due
        self.held = held
    }
}
