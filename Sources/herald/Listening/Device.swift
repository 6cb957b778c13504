import PushUserAgent
import WebPush

/// What `herald listen` is: a device of a server, that prints what it gets or runs a command on it.
struct Device: UserAgentApp {
    let client: APIClient
    let user: String?
    let topics: [String]
    /// Nil prints.
    let command: MessageCommand?

    func applicationServerKey() async throws -> String {
        try await patient { try await client.vapidPublicKey() }
    }

    func subscribed(_ subscription: PushSubscription) async throws -> String? {
        let device = try await patient { try await client.register(subscription, user: user, topics: topics) }
        Terminal.say("Listening as device \(device.id) at \(client.access.url)")
        return device.id
    }

    func received(_ message: ReceivedMessage) async throws {
        let line = ListenLine(message)
        guard let command else { return try Terminal.print(line.text) }
        do {
            try await command.run(line, attempt: message.attempt)
        } catch let failure as CommandFailure {
            throw UserAgentError(.tryAgain, failure.message, cause: failure)
        }
    }

    /// A server that is away or busy now is asked again later.
    private func patient<Answer>(_ question: () async throws -> Answer) async throws -> Answer {
        do {
            return try await question()
        } catch let error as ClientError where error.isPassing {
            throw UserAgentError(.tryAgain, error.message, cause: error)
        }
    }

    /// Tells a person.
    static func happened(_ event: UserAgentEvent) {
        switch event {
        case .connected: break
        case .disconnected(let reason, let seconds), .failed(_, let reason, let seconds):
            Terminal.say("\(reason.message). Trying again in \(Int(seconds.rounded(.up))) s.")
        case .gaveUp(_, let version, let reason): Terminal.say("\(reason.message). Given up: the message \(version) does not come again.")
        case .undecryptable(_, let version, let reason): Terminal.say("The message \(version) cannot be opened: \(reason)")
        case .unreadableFrame: Terminal.say("The push service said something that is not of the protocol; ignored.")
        }
    }
}
