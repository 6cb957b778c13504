/// Where one app is served: what it is to be asked, and its messages in their order. Both go on over connections that come and go.
final class AppDesk: Sendable {
    /// Something the app is asked with every connection.
    enum Errand: Sendable {
        case key
        case subscription
        /// The push service refused the subscription.
        case keyLater(UserAgentError)
    }

    struct Delivery: Sendable {
        let frame: MessageFrame
        let message: ReceivedMessage
    }

    let name: String
    let errands: AsyncStream<Errand>
    let deliveries: AsyncStream<Delivery>
    /// What the app waits in before it is asked again.
    let pause = Pause()
    private let errand: AsyncStream<Errand>.Continuation
    private let delivery: AsyncStream<Delivery>.Continuation

    init(name: String) {
        self.name = name
        // What was to be asked over an older connection is asked over the newest anyway.
        (errands, errand) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(4))
        (deliveries, delivery) = AsyncStream.makeStream()
    }

    func put(_ errand: Errand) { self.errand.yield(errand) }
    func put(_ delivery: Delivery) { self.delivery.yield(delivery) }

    /// Nothing more comes.
    func close() {
        errand.finish()
        delivery.finish()
        pause.ring()
    }
}
