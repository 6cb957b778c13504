import PushUserAgent
import Synchronization
import WebPush

/// Takes everything and remembers it; the test awaits what it expects.
final class RecordingListener: UserAgentListener {
    struct Refusal: Error {}

    let subscriptions = Inbox<PushSubscription>()
    let messages = Inbox<String>()
    let disconnections = Inbox<UserAgentError>()
    /// Payloads that this listener fails on.
    private let poison: String?
    /// How often the application server cannot be reached before it can.
    private let absences: Mutex<Int>

    init(poison: String? = nil, absences: Int = 0) {
        self.poison = poison
        self.absences = Mutex(absences)
    }

    func applicationServerKey() async throws -> String {
        let isAbsent = absences.withLock { left in
            left -= 1
            return left >= 0
        }
        if isAbsent { throw UserAgentError(.tryAgain, "nobody there") }
        return "KEY"
    }

    func subscribed(_ subscription: PushSubscription) async throws -> String? {
        subscriptions.put(subscription)
        return "device-1"
    }

    func received(_ message: ReceivedMessage) async throws {
        let text = String(decoding: message.payload ?? [], as: UTF8.self)
        if text == poison { throw Refusal() }
        messages.put(text)
    }

    func happened(_ event: UserAgentEvent) {
        if case .disconnected(let reason, _) = event { disconnections.put(reason) }
    }
}

/// What came, in order.
struct Inbox<Element: Sendable>: Sendable {
    private let stream: AsyncStream<Element>
    private let continuation: AsyncStream<Element>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func put(_ element: Element) { continuation.yield(element) }

    /// Waits for the next one.
    func next() async -> Element? { await stream.first { _ in true } }
}
