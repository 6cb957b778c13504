import ArgumentParser
import Foundation
import PushUserAgent
import UnixSignals
import WebPush

struct Listen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Become a device: print every message as one line of JSON, or run a command on it.",
        discussion: """
            A push sent with Herald is a line with the keys
              received_at, id, title, body, url, icon, image, badge, tag, data, version
            as far as it has them. Any other message has received_at, version, and one of
              "message": <its JSON>    "text": "…"    "base64": "…"
            or none of these when it is empty. id is the push's, version the push service's name for the message. What came without \
            encryption, which anybody who knows the endpoint may have written, has one of the three within "unencrypted": {…} instead.

            Every message is printed before it is acknowledged, so a crash repeats one rather than loses it. What is sent while \
            nobody listens comes at the next start. Everything else is told on stderr.

            herald listen --topic news | jq -r .title

            With --exec, /bin/sh runs the command once for every message, with the line on its standard input and HERALD_TITLE, \
            HERALD_BODY, HERALD_URL, HERALD_ID, HERALD_VERSION and HERALD_ATTEMPT in its environment. The message is acknowledged when \
            the command has ended with status 0. Otherwise it is run again after a pause, and given up after --attempts. SIGINT and \
            SIGTERM wait for the running command, for half a minute at most; a second one does not.

            herald listen --exec 'notify-send "$HERALD_TITLE" "$HERALD_BODY"'
            """)

    @Option(help: "The user this device belongs to.")
    var user: String?

    @Option(name: .customLong("topic"), help: "A topic to join; may be repeated.")
    var topics: [String] = []

    @Option(help: """
        The file that makes this the same device at every start, one per listener; else one per server under \
        $XDG_STATE_HOME/herald or ~/.local/state/herald.
        """)
    var identity: String?

    @Option(
        help: "What is worth waking this device for: very-low, low, normal or high. The rest comes along with it, or with a ping.",
        transform: readUrgency)
    var urgency: Urgency?

    @OptionGroup(title: "Command") var command: CommandOptions

    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        try await reporting {
            let access = try server.access()
            let agent = try UserAgent(
                address: PushServiceAddress(access.url + "/"), store: IdentityFile(path: identityPath(access)), settings: settings,
                observer: Device.happened)
            try await agent.register(
                Device(client: APIClient(access), user: user, topics: topics, command: command.messageCommand))
            try await untilSignal(agent)
        }
    }

    private var settings: UserAgentSettings {
        var settings = UserAgentSettings()
        settings.urgency = urgency
        settings.deliveryAttempts = command.attempts
        settings.parallelDeliveries = command.parallel
        return settings
    }

    private func identityPath(_ access: ServerAccess) throws -> String {
        let standard = IdentityLocation(environment: ProcessInfo.processInfo.environment)
        guard let path = identity ?? standard.path(for: access) else {
            throw ClientError(.badArguments, "There is no home folder for the identity file; name one with --identity")
        }
        return path
    }

    /// SIGINT and SIGTERM end the work in good order, but not for ever.
    private func untilSignal(_ agent: UserAgent) async throws {
        // A sequence of signals can be walked through only once.
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let (farewells, farewell) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await agent.run() }
            group.addTask {
                var isLeaving = false
                for await _ in signals {
                    if isLeaving { return }
                    isLeaving = true
                    agent.shutDown()
                    farewell.yield()
                }
            }
            group.addTask { for await _ in farewells { return try await Task.sleep(for: .seconds(30)) } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}

private func readUrgency(_ text: String) throws -> Urgency {
    guard let urgency = Urgency(rawValue: text) else {
        throw ValidationError("\"\(text)\" is none of \(Urgency.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return urgency
}
