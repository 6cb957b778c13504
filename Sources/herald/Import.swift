import ArgumentParser
import Foundation
import PushServer

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take in what another service knew.", subcommands: [Devices.self])

    struct Devices: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register every device of a file: NDJSON, a line as POST /v1/devices takes it, or CSV.",
            discussion: """
                Works on the SQLite file of a stopped server, or on the PostgreSQL of HERALD_DATABASE_URL, beside running ones. Lines that \
                won't do are left out and told; the exit code is 1 then. Running it again changes nothing: a token is one device.

                herald import devices devices.ndjson --refused refused.ndjson
                """)

        @Argument(help: "The file; - for standard input.")
        var file: String
        @OptionGroup var options: DeviceFileOptions
        @Option(help: "A file for the lines that were refused: NDJSON with line, field, problem and text.")
        var refused: String?

        func run() async throws {
            let done = try await reporting { try await load() }
            if done.refused > 0 { throw ExitCode.failure }
        }

        private func load() async throws -> DeviceFiles.ImportProgress {
            let format = try options.format(of: file)
            let source = try DeviceSource(file)
            var report = try RefusedReport(path: refused)
            let bar = FileProgress(bytes: source.bytes)
            let done = try await options.withFiles(isWriting: true) { files in
                try await files.importDevices(from: source.handle, format, refused: { try report.add($0) }, progress: bar.show)
            }
            bar.end()
            report.summarize()
            try Terminal.print("\(done.lines) read, \(done.new) new, \(done.updated) updated, \(done.refused) refused")
            return done
        }
    }
}
