import Foundation
import Logging
import PushServer
import PushStorage

/// Reads a million devices from a file into a database: what a vendor's console gives out, which is their tokens, and what an App knows of
/// them, which is a row for each user, tag and topic beside the device's own.
struct ImportBenchmark {
    private let devices = 1_000_000

    func run() async throws {
        heading("Import of \(devices) devices, NDJSON: provider, token, locale and time zone")
        try await run(line: plainLine, bar: 1)
        heading("Import of \(devices) devices, NDJSON: user, two tags and a topic, too")
        try await run(line: line, bar: nil)
    }

    private func run(line: (Int) -> String, bar: Double?) async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "devices.ndjson")
            try write(file, line)
            var settings = ServerSettings()
            settings.dataFolder = folder.path
            _ = try OpenDatabase(sqlite: folder.appending(path: "herald.sqlite"))
            row("into SQLite", try await rate(file, settings), of: 50_000, bar: bar)
            row("into SQLite, all of them known", try await rate(file, settings))
            guard let postgres = try BenchPostgres() else { return heading("PostgreSQL: none; run scripts/with-postgres --durable") }
            settings.database = postgres.settings
            row("into PostgreSQL", try await rate(file, settings))
        }
    }

    /// Devices a second.
    private func rate(_ file: URL, _ settings: ServerSettings) async throws -> Double {
        let files = try await DeviceFiles(settings, app: "default", isWriting: true)
        defer { files.close() }
        let started = ContinuousClock.now
        let done = try await files.importDevices(from: try FileHandle(forReadingFrom: file), .ndjson)
        guard done.new + done.updated == devices else { throw BenchmarkError("not everything was taken: \(done)") }
        return Double(devices) / (started.duration(to: .now) / .seconds(1))
    }

    private func write(_ file: URL, _ line: (Int) -> String) throws {
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        for start in stride(from: 0, to: devices, by: 10_000) {
            let lines = (start..<min(start + 10_000, devices)).map(line).joined()
            try handle.write(contentsOf: Data(lines.utf8))
        }
        try handle.close()
    }

    private func plainLine(_ index: Int) -> String { "{" + members(index) + "}\n" }

    private func members(_ index: Int) -> String {
        let (locale, zone) = [("de-AT", "Europe/Vienna"), ("en-US", "America/New_York"), ("ja-JP", "Asia/Tokyo")][index % 3]
        let token = "c\(String(format: "%021x", index)):APA91b" + String(repeating: "x", count: 134)
        return #""provider":"fcm","token":"\#(token)","locale":"\#(locale)","time_zone":"\#(zone)""#
    }

    private func line(_ index: Int) -> String {
        """
        {\(members(index)),"user":"user-\(index &* 7919 % devices)",\
        "tags":{"plan":"\(["pro", "free", "team"][index % 3])","age":\(18 + index % 72)},"topics":["\(["news", "sport"][index % 2])"]}

        """
    }
}
