import ArgumentParser
import Foundation
import PushUserAgent
import UnixSignals

struct Listen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Become a device: print every message as one line of JSON.",
        discussion: """
            A push sent with Herald is a line with the keys
              received_at, id, title, body, url, icon, image, badge, tag, data, version
            as far as it has them. Any other message has received_at, version, and one of
              "message": <its JSON>    "text": "…"    "base64": "…"
            or none of these when it is empty. id is the push's, version the push service's name for the message.

            Every message is printed before it is acknowledged, so a crash repeats one rather than loses it. What is sent while \
            nobody listens comes at the next start. Everything else is told on stderr.

            herald listen --topic news | jq -r .title
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

    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        try await reporting {
            let access = try server.access()
            let agent = try UserAgent(
                address: PushServiceAddress(access.url + "/"), identity: IdentityFile(path: identityPath(access)))
            let device = Device(client: APIClient(access), user: user, topics: topics)
            try await untilSignal { try await agent.run(for: device) }
        }
    }

    private func identityPath(_ access: ServerAccess) throws -> String {
        let standard = IdentityLocation(environment: ProcessInfo.processInfo.environment)
        guard let path = identity ?? standard.path(for: access) else {
            throw ClientError(.badArguments, "There is no home folder for the identity file; name one with --identity")
        }
        return path
    }

    /// SIGINT and SIGTERM end the work in good order.
    private func untilSignal(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work() }
            group.addTask { for await _ in signals { return } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
