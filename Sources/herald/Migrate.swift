import ArgumentParser
import Foundation
import PushServer

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Move everything from the SQLite file of a stopped server to an empty PostgreSQL.",
        discussion: """
            Copies every table, reads it back and compares counts and checksums. Until all of it is there, the PostgreSQL stays as it \
            was, so that the command can be run again whatever happened. Nothing is removed from the data folder.

            herald migrate --from sqlite:./data --to postgres://herald@db.example.com/herald
            """)

    @Option(help: "Where everything is: sqlite: and the path of the data folder, or of the file in it.")
    var from: String
    @Option(help: "Where it goes: postgres://… (default: HERALD_DATABASE_URL, which keeps a password out of the list of processes)")
    var to: String?
    @Option(help: "The folder with the server's keys. (default: the folder of the SQLite file)")
    var data: String?

    func run() async throws {
        try await reporting {
            let tables = try await move()
            for table in tables { try Terminal.print(line(table, names: tables.map(\.name.count).max() ?? 0)) }
            Terminal.say("Everything is in PostgreSQL. Start the server with HERALD_DATABASE_URL, and with the same data folder.")
        }
    }

    private func move() async throws -> [ServerMove.Table] {
        let environment = ProcessInfo.processInfo.environment
        guard let target = to ?? environment["HERALD_DATABASE_URL"] else {
            throw ClientError(.badArguments, "give --to postgres://…, or set HERALD_DATABASE_URL")
        }
        do {
            let move = try ServerMove(from: from, to: target, dataFolder: data, masterKeys: environment["HERALD_MASTER_KEYS"])
            guard Terminal.stderrIsTerminal else { return try await move.run() }
            defer { Terminal.say("") }
            return try await move.run(progress: show)
        } catch {
            throw ClientError(.refused, "\(error)", cause: error)
        }
    }

    @Sendable private func show(_ progress: ServerMove.Progress) {
        let doing = progress.isCopying ? "rows copied" : "rows verified"
        Terminal.redraw(
            ProgressBar().render(fraction: progress.fraction, counts: [(doing, progress.rows)], width: Terminal.width))
    }

    private func line(_ table: ServerMove.Table, names: Int) -> String {
        let name = table.name + String(repeating: " ", count: names - table.name.count)
        let rows = "\(table.rows)"
        return "\(name)  \(String(repeating: " ", count: max(0, 10 - rows.count)))\(rows) rows  verified  \(table.checksum.prefix(16))"
    }
}
