import ArgumentParser
import Foundation

struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send a push.",
        discussion: """
            Prints the push's id. With --wait the exit code is 0 when nothing failed or came too late, else 1.

            herald send --all "hello"
            echo "disk full" | herald send - --user ann --title Alarm --urgency high --wait
            """)

    @OptionGroup var push: PushOptions

    @Flag(help: "Wait until the push is done, and say what became of it.")
    var wait = false

    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        let isSuccess = try await reporting {
            let client = APIClient(try server.access())
            let sent = try await client.send(push.request(text: try text()))
            try Terminal.print(sent.id)
            return wait ? try await finish(sent.id, client) : true
        }
        if !isSuccess { throw ExitCode.failure }
    }

    private func finish(_ id: String, _ client: APIClient) async throws -> Bool {
        let done = try await PushWatch(client: client, showsProgress: Terminal.stderrIsTerminal).finish(id)
        let summary = PushSummary(done)
        Terminal.say(summary.line)
        return summary.isSuccess
    }

    private func text() throws -> String {
        guard push.text == "-" else { return push.text }
        let bytes = try FileHandle.standardInput.readToEnd() ?? Data()
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
        guard !text.isEmpty else { throw ClientError(.badArguments, "The standard input is empty: there is nothing to send") }
        return text
    }
}
