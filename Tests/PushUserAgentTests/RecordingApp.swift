import PushUserAgent
import Synchronization
import WebPush

/// Takes everything and remembers it; the test awaits what it expects.
final class RecordingApp: UserAgentApp {
    struct Refusal: Error {}

    let subscriptions = Inbox<PushSubscription>()
    let messages = Inbox<String>()
    let attempts = Inbox<Int>()
    /// What this app fails on, and never gets over.
    private let poison: String?
    /// What this app fails on, as often as it is handed it.
    private let failing: String?
    private let key: String
    /// How often the application server cannot be reached before it can.
    private let absences: Mutex<Int>

    init(key: String = "KEY", poison: String? = nil, failing: String? = nil, absences: Int = 0) {
        self.key = key
        self.poison = poison
        self.failing = failing
        self.absences = Mutex(absences)
    }

    func applicationServerKey() async throws -> String {
        let isAbsent = absences.withLock { left in
            left -= 1
            return left >= 0
        }
        if isAbsent { throw UserAgentError(.tryAgain, "nobody there") }
        return key
    }

    func subscribed(_ subscription: PushSubscription) async throws -> String? {
        subscriptions.put(subscription)
        return "device-1"
    }

    func received(_ message: ReceivedMessage) async throws {
        let text = String(decoding: message.payload ?? [], as: UTF8.self)
        attempts.put(message.attempt)
        if text == poison { throw Refusal() }
        if text == failing { throw UserAgentError(.tryAgain, "cannot") }
        messages.put(text)
    }
}

/// What befell a user agent.
struct Events: Sendable {
    let disconnections = Inbox<UserAgentError>()
    let failures = Inbox<UserAgentError>()
    let givenUp = Inbox<String>()

    func put(_ event: UserAgentEvent) {
        switch event {
        case .disconnected(let reason, _): disconnections.put(reason)
        case .failed(_, let reason, _): failures.put(reason)
        case .gaveUp(_, let version, _): givenUp.put(version)
        default: break
        }
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
