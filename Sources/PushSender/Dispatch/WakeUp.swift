/// Wakes one waiting loop. Signals that nobody has heard yet are one signal.
final class WakeUp: Sendable {
    let signals: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (signals, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func signal() { continuation.yield() }
    /// Ends the loop once it has heard the last signal.
    func finish() { continuation.finish() }
}
