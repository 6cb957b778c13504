import Foundation
import NIOHTTP1
import PushSender

/// The same work on PostgreSQL: accepting, broadcasting, and what either makes the database write.
struct PostgresBenchmark {
    private let devices = 100_000
    private let singles = 20_000

    func run() async throws {
        guard try BenchPostgres() != nil else { return heading("PostgreSQL: none; run scripts/with-postgres --durable") }
        heading("PostgreSQL on the same machine, flushed to disk: \(devices) devices, then \(singles) single pushes")
        try await withTemporaryFolder { folder in
            let nghttpd = try Nghttpd(folder: folder)
            defer { nghttpd.stop() }
            try await Task.sleep(for: .seconds(1))
            try await broadcast(folder, nghttpd)
            try await accept(folder, nghttpd)
        }
    }

    private func broadcast(_ folder: URL, _ nghttpd: Nghttpd) async throws {
        guard let postgres = try BenchPostgres() else { return }
        let data = folder.appending(path: "broadcast")
        try await StoredDevices.make(devices, .fcm, in: data, postgres: postgres.settings)
        let herald = try await start(data, postgres, nghttpd)
        defer { herald.stop() }
        let before = try postgres.written()
        let started = ContinuousClock.now
        let counters = try await herald.send(BroadcastBenchmark.push)
        let seconds = started.duration(to: .now) / .seconds(1)
        guard counters["accepted"] == devices else { throw BenchmarkError("not everything was accepted: \(counters)") }
        row("FCM, POST accepted to done", Double(devices) / seconds)
        try await report(postgres, since: before, deliveries: devices, "of a broadcast")
    }

    private func accept(_ folder: URL, _ nghttpd: Nghttpd) async throws {
        guard let postgres = try BenchPostgres() else { return }
        let data = folder.appending(path: "accept")
        let device = try await StoredDevices.make(1000, .fcm, in: data, postgres: postgres.settings)
        let herald = try await start(data, postgres, nghttpd)
        defer { herald.stop() }
        let before = try postgres.written()
        let load = try nghttpd.h2loadHTTP1(
            "http://127.0.0.1:\(HeraldProcess.port)/v1/pushes", key: herald.key, requests: singles, connections: 64,
            body: #"{"audience":{"devices":["\#(device.rawValue)"]},"notification":{"title":"single"}}"#)
        guard load.failures == 0 else { throw BenchmarkError("\(load.failures) pushes were not accepted") }
        row("single pushes accepted and sent", load.perSecond)
        bound("from request to 202, p99, ms", percentile(0.99, of: load.milliseconds), atMost: 250)
        try await report(postgres, since: before, deliveries: singles, "of single pushes")
    }

    private func start(_ data: URL, _ postgres: BenchPostgres, _ nghttpd: Nghttpd) async throws -> HeraldProcess {
        let settings = BroadcastBenchmark.settings(nghttpd).merging(postgres.environment) { $1 }
        let herald = try await HeraldProcess(data: data, settings: settings)
        try await herald.call(.PUT, "/v1/apps/default/providers/fcm?verify=false", Credentials.body(for: .fcm, nghttpd))
        return herald
    }

    /// Statistics of PostgreSQL come a second late.
    private func report(_ postgres: BenchPostgres, since before: BenchPostgres.Written, deliveries: Int, _ what: String) async throws {
        try await Task.sleep(for: .seconds(2))
        let written = try postgres.written() - before
        let millions = Double(deliveries) / 1_000_000
        heading("  written for a million deliveries \(what)")
        count("  transactions", written.transactions / millions)
        count("  rows", written.rows / millions)
        count("  MiB of WAL", written.walBytes / millions / 1_048_576)
    }
}
