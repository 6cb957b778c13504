import PushUserAgent
import Synchronization
import WebPush

/// What `herald listen` is: a device of a server, that prints what it gets.
struct Device: UserAgentListener {
    let client: APIClient
    let user: String?
    let topics: [String]

    func applicationServerKey() async throws -> String {
        try await patient { try await client.vapidPublicKey() }
    }

    func subscribed(_ subscription: PushSubscription) async throws -> String? {
        let device = try await patient { try await client.register(subscription, user: user, topics: topics) }
        Terminal.say("Listening as device \(device.id) at \(client.access.url)")
        return device.id
    }

    func received(_ message: ReceivedMessage) async throws {
        try Terminal.print(ListenLine(message).text)
    }

    func happened(_ event: UserAgentEvent) {
        switch event {
        case .disconnected(let reason, let seconds):
            Terminal.say("\(reason.message). Trying again in \(Int(seconds.rounded(.up))) s.")
        case .undecryptable(let version, let reason):
            Terminal.say("The message \(version) cannot be opened: \(reason)")
        case .unreadableFrame:
            Terminal.say("The push service said something that is not of the protocol; ignored.")
        }
    }

    /// A server that is away or busy now is asked again with the next connection.
    private func patient<Answer>(_ question: () async throws -> Answer) async throws -> Answer {
        do {
            return try await question()
        } catch let error as ClientError where error.isPassing {
            throw UserAgentError(.tryAgain, error.message, cause: error)
        }
    }
}
